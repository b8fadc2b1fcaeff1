using System.Security.Cryptography;

namespace Attachments.ProcessTests.RealClients;

/// <summary>Programs that people open archives with find in them what was stored, and download them in parts.</summary>
[TestFixture]
internal sealed class ArchiveProgramsTests() : ClientFixture(new ClientProgram("curl", "curl", IsInstalledByCi: true))
{
    private const string Session = "archived";

    private static readonly ClientProgram Unzip = new("unzip", "unzip", IsInstalledByCi: true);
    private static readonly ClientProgram Bsdtar = new("bsdtar", "libarchive-tools", IsInstalledByCi: true);
    private static readonly ClientProgram Aria2 = new("aria2c", "aria2", IsInstalledByCi: true);

    private readonly Dictionary<string, byte[]> files = [];

    private string ArchiveUrl => new Uri(Service.Address, Service.GetPath(Session, "x")).ToString().Replace("/attachments/x", "/archive", StringComparison.Ordinal);

    [OneTimeSetUp]
    public async Task Store()
    {
        await Service.CreateSession(Session);
        var random = new Random(7);
        foreach (var name in new[] { "a", "Größe 😀", "con", "x:y", "long " + new string('é', 100) })
        {
            var content = RandomNumberGenerator.GetBytes(random.Next(0, 3_000_000));
            await Service.Put(Session, name, new ByteArrayContent(content));
            files.Add(name, content);
        }
    }

    [Test]
    public async Task Is_tested_by_unzip()
    {
        await Download();
        Unzip.Require();
        (await Unzip.Run(Directory, "-t", "all.zip")).ShouldContain("No errors detected");
    }

    [Test]
    public async Task Is_read_from_a_pipe_by_bsdtar()
    {
        Bsdtar.Require();
        var shell = new ClientProgram("bash", "bash");
        System.IO.Directory.CreateDirectory(PathTo("out"));
        await shell.Run(Directory, "-c", $"set -o pipefail; curl -sSf -H '{Authorization}' '{ArchiveUrl}' | bsdtar -xf - -C out");
        await ShouldHaveAllFiles();
    }

    [Test]
    public async Task Is_read_by_7z()
    {
        var program = new ClientProgram("7z", "p7zip-full");
        program.Require();
        await Download();
        (await program.Run(Directory, "t", "all.zip")).ShouldContain("Everything is Ok");
    }

    [Test]
    public async Task Is_read_by_Python()
    {
        var program = new ClientProgram("python3", "python3");
        program.Require();
        await Download();
        await program.Run(Directory, "-c", "import zipfile; z = zipfile.ZipFile('all.zip'); assert z.testzip() is None; z.extractall('out')");
        await ShouldHaveAllFiles();
    }

    [TestCase(1)]
    [TestCase(100)]
    [TestCase(1_000_000)]
    public async Task Is_resumed_by_curl(int have)
    {
        await Download();
        var whole = await File.ReadAllBytesAsync(PathTo("all.zip"));
        await File.WriteAllBytesAsync(PathTo("part.zip"), whole[..have]);
        await Program.Run(Directory, "-sSf", "-H", Authorization, "-C", "-", "-o", "part.zip", ArchiveUrl);
        (await File.ReadAllBytesAsync(PathTo("part.zip"))).AsSpan().SequenceEqual(whole).ShouldBeTrue();
    }

    [Test]
    public async Task Is_put_together_from_ranges_by_aria2()
    {
        Aria2.Require();
        await Download();
        await Aria2.Run(
            Directory, "--no-conf", "-x4", "-s4", "-k1M", "--file-allocation=none", "--summary-interval=0", $"--header={Authorization}",
            "-o", "parts.zip", ArchiveUrl);
        var whole = await File.ReadAllBytesAsync(PathTo("all.zip"));
        (await File.ReadAllBytesAsync(PathTo("parts.zip"))).AsSpan().SequenceEqual(whole).ShouldBeTrue();
    }

    private Task Download() => Program.Run(Directory, "-sSf", "-H", Authorization, "-o", "all.zip", ArchiveUrl);

    private async Task ShouldHaveAllFiles()
    {
        var found = new List<byte[]>();
        foreach (var path in System.IO.Directory.GetFiles(PathTo("out")))
        {
            found.Add(SHA256.HashData(await File.ReadAllBytesAsync(path)));
        }

        found.ShouldBe(files.Values.Select(SHA256.HashData), ignoreOrder: true);
    }
}
