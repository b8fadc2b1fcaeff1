using Attachments.Infrastructure.EmbeddedPostgres;

namespace Attachments.IntegrationTests.EmbeddedPostgres;

public sealed class BinaryLocationsTests : ClusterPerTestFixture
{
    [Test]
    public void Looks_in_the_path_first_and_then_at_the_newest_version()
    {
        foreach (var version in new[] { "9.6", "15", "16", "contrib" })
        {
            Directory.CreateDirectory(Path.Combine(Root, "postgresql", version));
        }

        var search = new BinaryLocations(["/first", "/second"], [Path.Combine(Root, "postgresql", "*", "bin")]);

        search.Candidates().ShouldBe(
        [
            "/first",
            "/second",
            Path.Combine(Root, "postgresql", "16", "bin"),
            Path.Combine(Root, "postgresql", "15", "bin"),
            Path.Combine(Root, "postgresql", "9.6", "bin"),
            Path.Combine(Root, "postgresql", "contrib", "bin"),
        ]);
    }

    [Test]
    public void Looks_at_versions_that_are_part_of_a_name()
    {
        foreach (var version in new[] { "@9", "@14", "@17" })
        {
            Directory.CreateDirectory(Path.Combine(Root, "postgresql" + version));
        }

        var search = new BinaryLocations([], [Path.Combine(Root, "postgresql@*", "bin")]);

        search.Candidates().First().ShouldBe(Path.Combine(Root, "postgresql@17", "bin"));
    }

    [Test]
    public void A_place_that_is_not_there_is_passed_over() =>
        new BinaryLocations([], [Path.Combine(Root, "nothing", "*", "bin")]).Candidates().ShouldBeEmpty();
}
