namespace Attachments.ProcessTests.RealClients;

[TestFixture]
internal sealed class Aria2Tests() : ClientFixture(new ClientProgram("aria2c", "aria2", IsInstalledByCi: true))
{
    [Test]
    public async Task Puts_the_file_together_from_ranges()
    {
        // Without the limit, its first connection can have the whole file before it opens another.
        await Program.Run(
            Directory, "--no-conf", "-x8", "-s8", "-k1M", "--max-overall-download-limit=8M", "--file-allocation=none", "--summary-interval=0",
            "--log=log", "--log-level=info", $"--header={Authorization}", "-o", "file", Url);
        await ShouldHaveAll("file");

        // How many it takes is its own affair, and changes with how fast they come.
        var ranges = (await File.ReadAllLinesAsync(PathTo("log")))
            .Where(line => line.StartsWith("Content-Range: ", StringComparison.Ordinal))
            .Distinct();
        ranges.Count().ShouldBeGreaterThanOrEqualTo(2, "It has not asked for ranges.");
    }
}
