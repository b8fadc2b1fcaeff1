using Attachments.Application.Settings;
using Attachments.Testing;

namespace Attachments.IntegrationTests.Support;

/// <summary>Services with a bucket of their own. Where there is no S3 engine, the test is skipped and says so.</summary>
internal sealed class S3Services : IAsyncDisposable
{
    private S3Services(TestBucket bucket, TestServices services)
    {
        Bucket = bucket;
        Services = services;
    }

    public TestBucket Bucket { get; }

    public TestServices Services { get; }

    /// <param name="provider">Where new blobs go.</param>
    /// <param name="limits">Null: the usual ones.</param>
    public static async Task<S3Services> Start(StorageProvider provider = StorageProvider.S3, LimitsOptions? limits = null)
    {
        if (!TestBucket.IsAvailable)
        {
            Assert.Ignore(TestBucket.WhySkipped);
        }

        var bucket = await TestBucket.Create();
        return new S3Services(
            bucket, await TestServices.Start(limits: limits, storage: new StorageOptions { Provider = provider, S3 = bucket.Options }));
    }

    /// <summary>Other services on the same database, with other settings.</summary>
    public TestServices With(StorageOptions storage) => TestServices.On(Services.ConnectionString, storage: storage);

    /// <summary>Nothing is wrong in the database or in the bucket, but for blobs that these tests let nobody refer to.</summary>
    public async Task ShouldBeSound()
    {
        (await StorageAudit.Inspect(Services.ConnectionString)).ShouldAllBe(fault => fault.Contains("neither referred to nor released"));
        (await Bucket.Inspect(Services.ConnectionString)).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await Bucket.DisposeAsync();
    }
}
