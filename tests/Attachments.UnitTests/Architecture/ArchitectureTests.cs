using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;
using Attachments.Api.Startup;
using Attachments.Application.Access;
using Attachments.Domain;
using Attachments.Infrastructure.Persistence;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Attachments.UnitTests.Architecture;

/// <summary>The layers and the rooms of the house, as the README draws them.</summary>
public sealed class ArchitectureTests
{
    private const string Ours = "Attachments";

    private static readonly ArchUnitNET.Domain.Architecture House = new ArchLoader().LoadAssemblies(
        typeof(ServiceHost).Assembly, typeof(AttachmentsDbContext).Assembly, typeof(Caller).Assembly, typeof(Aggregate).Assembly).Build();

    [TestCase("Domain", "Application|Infrastructure|Api")]
    [TestCase("Application", "Infrastructure|Api")]
    [TestCase("Infrastructure", "Api")]
    public void A_layer_knows_nothing_of_those_above_it(string layer, string above) =>
        Types().That().ResideInNamespaceMatching($@"^{Ours}\.{layer}(\.|$)")
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching($@"^{Ours}\.({above})(\.|$)"))
            .Check(House);

    [TestCase("Domain", @"^(Microsoft|MediatR|FluentValidation|AutoMapper|Npgsql|Amazon)\.")]
    [TestCase("Application", @"^(Microsoft\.AspNetCore|Npgsql|Amazon)\.")]
    [TestCase("Infrastructure", @"^Microsoft\.AspNetCore\.")]
    public void A_layer_uses_no_technology_of_those_above_it(string layer, string technology) =>
        Types().That().ResideInNamespaceMatching($@"^{Ours}\.{layer}(\.|$)")
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(technology)
            .Check(House);

    [TestCase("Attachments.Application.(*)")]
    [TestCase("Attachments.Application.Content.(*)")]
    [TestCase("Attachments.Infrastructure.(*)")]
    [TestCase("Attachments.Api.(*)")]
    [TestCase("Attachments.Api.Http.(*)")]
    [TestCase("Attachments.Api.Controllers.(*)")]
    public void Rooms_do_not_depend_on_each_other_in_circles(string rooms) =>
        SliceRuleDefinition.Slices().Matching(rooms).Should().BeFreeOfCycles().Check(House);

    [Test]
    public void Handlers_do_not_call_handlers() =>
        Classes().That().HaveNameEndingWith("Handler").And().ResideInNamespaceMatching($@"^{Ours}\.Application\.")
            .Should().NotDependOnAny(Types().That().HaveFullNameMatching(@"^MediatR\.IMediator"))
            .Check(House);
}
