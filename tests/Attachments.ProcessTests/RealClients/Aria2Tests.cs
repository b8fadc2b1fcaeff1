namespace Attachments.ProcessTests.RealClients;

[TestFixture]
internal sealed class Aria2Tests() : ClientFixture(new ClientProgram("aria2c", "aria2", IsInstalledByCi: true))
{
    [Test]
    public async Task Puts_the_file_together_from_eight_connections()
    {
        await Program.Run(
            Directory, "--no-conf", "-x8", "-s8", "-k1M", "--file-allocation=none", "--summary-interval=0", "--log=log", "--log-level=info",
            $"--header={Authorization}", "-o", "file", Url);
        await ShouldHaveAll("file");
        var parts = (await File.ReadAllLinesAsync(PathTo("log"))).Count(line => line.StartsWith("HTTP/1.1 206 ", StringComparison.Ordinal));
        parts.ShouldBeGreaterThanOrEqualTo(7, "It has not asked for ranges.");
    }
}
