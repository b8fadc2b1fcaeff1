using System.Security.Cryptography;

namespace Attachments.ProcessTests.RealClients;

/// <summary>A service with a file in it, and a directory for the program that uses it.</summary>
internal abstract class ClientFixture(ClientProgram program)
{
    /// <summary>Of many chunks.</summary>
    protected const int Length = (16 << 20) + 12_345;

    private const string Session = "clients";

    protected ClientProgram Program { get; } = program;

    protected Service Service { get; private set; } = null!;

    /// <summary>Empty, and gone after the test.</summary>
    protected string Directory { get; private set; } = "";

    protected byte[] Content { get; } = RandomNumberGenerator.GetBytes(Length);

    protected string Url => GetUrl("file");

    protected string Authorization => $"Authorization: Bearer {Service.Token}";

    [OneTimeSetUp]
    public async Task Start()
    {
        Program.Require();
        Service = await Service.Start(Settings(ServiceSettings.Complete(await Service.CreateMigrated())));
        await Service.CreateSession(Session);
        await Service.Put(Session, "file", new ByteArrayContent(Content));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (Service is not null)
        {
            await Service.DisposeAsync();
        }
    }

    [SetUp]
    public void MakeDirectory() => Directory = System.IO.Directory.CreateTempSubdirectory("attachments-client-").FullName;

    [TearDown]
    public Task RemoveDirectory() => Eventually.Holds(IsRemoved, $"{Directory} cannot be removed.");

    protected virtual ServiceSettings Settings(ServiceSettings settings) => settings;

    protected string GetUrl(string point) => new Uri(Service.Address, Service.GetPath(Session, point)).ToString();

    protected Task<byte[]> Stored(string point) => Service.Get(Session, point);

    protected string PathTo(string name) => Path.Combine(Directory, name);

    /// <summary>As a download leaves it that broke off.</summary>
    protected Task HaveBeginning(string name, int length) => File.WriteAllBytesAsync(PathTo(name), Content[..length]);

    protected async Task ShouldHaveAll(string name) =>
        (await File.ReadAllBytesAsync(PathTo(name))).AsSpan().SequenceEqual(Content).ShouldBeTrue($"{name} is not the file.");

    // Processes that were ended just now may still be writing.
    private Task<bool> IsRemoved()
    {
        try
        {
            System.IO.Directory.Delete(Directory, recursive: true);
            return Task.FromResult(true);
        }
        catch (IOException)
        {
            return Task.FromResult(!System.IO.Directory.Exists(Directory));
        }
    }
}
