using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores;
using Attachments.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Support;

/// <summary>Services with a directory of their own, which belongs to their database.</summary>
internal sealed class DirectoryServices : IAsyncDisposable
{
    private DirectoryServices(TestDirectory directory, TestServices services)
    {
        Directory = directory;
        Services = services;
    }

    public TestDirectory Directory { get; }

    public TestServices Services { get; }

    /// <param name="provider">Where new blobs go.</param>
    /// <param name="bucket">One beside the directory; null: there is none.</param>
    public static async Task<DirectoryServices> Start(StorageProvider provider = StorageProvider.Directory, TestBucket? bucket = null)
    {
        var directory = TestDirectory.Create();
        var services = await TestServices.Start(
            storage: new StorageOptions { Provider = provider, Directory = directory.Options, S3 = bucket?.Options });
        await services.InScope(scope => scope.GetRequiredService<BlobStoreSetup>().RequireOwned(CancellationToken.None));
        return new DirectoryServices(directory, services);
    }

    /// <summary>Nothing is wrong in the database or in the directory, but for blobs that these tests let nobody refer to.</summary>
    public async Task ShouldBeSound()
    {
        (await StorageAudit.Inspect(Services.ConnectionString)).ShouldAllBe(fault => fault.Contains("neither referred to nor released"));
        (await Directory.Inspect(Services.ConnectionString)).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        Directory.Dispose();
    }
}
