namespace Attachments.ProcessTests.RealClients;

[TestFixture]
internal sealed class WgetTests() : ClientFixture(new ClientProgram("wget", "wget", IsInstalledByCi: true))
{
    [TestCase(0)]
    [TestCase(1_000_000)]
    [TestCase(Length)]
    public async Task Continues_where_it_broke_off(int have)
    {
        await HaveBeginning("file", have);
        await Program.Run(Directory, "--no-proxy", "-c", $"--header={Authorization}", "-O", "file", Url);
        await ShouldHaveAll("file");
    }

    [Test]
    public async Task Names_the_file_as_it_is_told()
    {
        await Program.Run(Directory, "--no-proxy", "--content-disposition", $"--header={Authorization}", Url);
        await ShouldHaveAll("file");
    }
}
