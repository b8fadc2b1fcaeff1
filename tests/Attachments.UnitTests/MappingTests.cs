using Attachments.Application;
using AutoMapper;
using AutoMapper.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.UnitTests;

public sealed class MappingTests
{
    private static readonly IConfigurationProvider Mappings =
        new ServiceCollection().AddApplication().BuildServiceProvider().GetRequiredService<IConfigurationProvider>();

    [Test]
    public void Every_member_of_every_read_model_has_a_source() => Mappings.AssertConfigurationIsValid();

    /// <summary>A map that recurses is as deep as its source, which is what the suppressed advisory is about.</summary>
    [Test]
    public void No_read_model_contains_itself()
    {
        var maps = Mappings.Internal().GetAllTypeMaps();
        maps.ShouldNotBeEmpty();
        // AutoMapper looks for cycles itself, and marks what is in one.
        maps.Where(map => map.PreserveReferences).ShouldBeEmpty();
    }
}
