using System.Runtime.Versioning;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.BlobStores;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.BlobStores;

/// <summary>A directory is one database's, and is there before the service serves.</summary>
[TestFixture]
internal sealed class DirectorySetupTests
{
    private TestDirectory files = null!;
    private TestServices services = null!;

    [SetUp]
    public async Task Start()
    {
        files = TestDirectory.Create();
        services = await With(files.Path);
    }

    [TearDown]
    public async Task Stop()
    {
        await services.DisposeAsync();
        files.Dispose();
    }

    [Test]
    public async Task A_directory_without_an_owner_gets_one_once()
    {
        await RequireUsable(services);
        await RequireOwned(services);
        var text = await File.ReadAllTextAsync(Path.Combine(files.Path, TestDirectory.MarkerName));
        await RequireOwned(services);
        (await File.ReadAllTextAsync(Path.Combine(files.Path, TestDirectory.MarkerName))).ShouldBe(text);
        Directory.EnumerateFileSystemEntries(files.Path).Count().ShouldBe(1);
    }

    [Test]
    public async Task Of_databases_that_start_at_once_one_gets_it()
    {
        await using var second = await With(files.Path);
        await using var third = await With(files.Path);
        var outcomes = await Task.WhenAll(new[] { services, second, third }.Select(async each =>
        {
            try
            {
                await RequireOwned(each);
                return true;
            }
            catch (ConfigurationException)
            {
                return false;
            }
        }));
        outcomes.Count(isOwner => isOwner).ShouldBe(1);
        Directory.EnumerateFileSystemEntries(files.Path).Count().ShouldBe(1);
    }

    [Test]
    public async Task The_directory_of_another_database_is_refused_until_it_is_adopted()
    {
        await RequireOwned(services);
        await using var other = await With(files.Path);
        var refusal = await Should.ThrowAsync<ConfigurationException>(() => RequireOwned(other));
        refusal.Message.ShouldStartWith($"The directory '{files.Path}' belongs to the database");
        refusal.Message.ShouldContain("'adopt-store'");

        await Store(services);
        await other.InScope(scope => scope.GetRequiredService<BlobStoreSetup>().Adopt(CancellationToken.None));
        await RequireOwned(other);
        services.Time.Advance(TimeSpan.FromDays(2));
        await Should.ThrowAsync<ConfigurationException>(
            () => services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None));
        files.Names().Count.ShouldBe(1);
    }

    [Test]
    public async Task A_directory_without_marker_is_not_claimed_by_a_database_that_has_files_in_one()
    {
        await RequireOwned(services);
        await Store(services);
        File.Delete(Path.Combine(files.Path, TestDirectory.MarkerName));
        (await Should.ThrowAsync<ConfigurationException>(() => RequireOwned(services))).Message.ShouldContain("may not be mounted");
        await services.InScope(scope => scope.GetRequiredService<BlobStoreSetup>().Adopt(CancellationToken.None));
        await RequireOwned(services);
    }

    [Test]
    public async Task Refuses_a_directory_that_is_not_there() => await ExpectRefusal(Path.Combine(files.Path, "none"), "There is no such directory");

    [Test]
    public async Task Refuses_a_directory_that_cannot_be_written() => await ExpectRefusal("/proc", "/proc, which cannot be used");

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows keeps no modes.")]
    [UnsupportedOSPlatform("windows")]
    public async Task Refuses_a_directory_that_every_user_can_write()
    {
        File.SetUnixFileMode(files.Path, (UnixFileMode)0b111_111_111);
        await ExpectRefusal(files.Path, "Every user can write to it");
    }

    [Test]
    public async Task Refuses_to_serve_without_the_directory_that_has_the_files()
    {
        await RequireOwned(services);
        await Store(services);
        await using var without = TestServices.On(services.ConnectionString);
        (await Should.ThrowAsync<ConfigurationException>(() => RequireUsable(without)))
            .Message.ShouldBe("Some files are stored in a directory, but Storage:Directory:Path is missing.");
    }

    private static async Task ExpectRefusal(string path, string reason)
    {
        await using var services = await With(path);
        var refusal = await Should.ThrowAsync<ConfigurationException>(() => RequireUsable(services));
        refusal.Message.ShouldStartWith($"Storage:Directory:Path is {path}");
        refusal.Message.ShouldContain(reason);
    }

    private static Task<TestServices> With(string path) => TestServices.Start(
        storage: new StorageOptions { Provider = StorageProvider.Directory, Directory = new DirectoryOptions { Path = path } });

    private static Task RequireUsable(TestServices services) =>
        services.InScope(scope => scope.GetRequiredService<BlobStoreSetup>().RequireUsable(CancellationToken.None));

    private static Task RequireOwned(TestServices services) =>
        services.InScope(scope => scope.GetRequiredService<BlobStoreSetup>().RequireOwned(CancellationToken.None));

    private static Task Store(TestServices services) => services.InScope(scope => scope.GetRequiredService<IBlobStore>().Create(
        [new NewBlob(Blob.CreatePending("image/png", Guid.NewGuid(), services.Time.GetUtcNow()), new byte[10])], CancellationToken.None));
}
