using Attachments.Application;
using AutoMapper;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.UnitTests;

public sealed class MappingTests
{
    [Test]
    public void Every_member_of_every_read_model_has_a_source() =>
        new ServiceCollection().AddApplication().BuildServiceProvider()
            .GetRequiredService<IConfigurationProvider>().AssertConfigurationIsValid();
}
