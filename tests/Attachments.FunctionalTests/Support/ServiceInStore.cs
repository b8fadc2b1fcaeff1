using Attachments.Application.Settings;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Support;

/// <summary>A service that keeps its files in one store or the other, for tests that must hold in both.</summary>
internal sealed class ServiceInStore : IAsyncDisposable
{
    public static readonly StorageProvider[] Stores = Enum.GetValues<StorageProvider>();

    private readonly TestBucket? bucket;

    private readonly string[] settings;

    private ServiceInStore(RunningService service, TestBucket? bucket, string[] settings)
    {
        Service = service;
        this.bucket = bucket;
        this.settings = settings;
    }

    public RunningService Service { get; }

    /// <summary>Starts one on a database of its own. Ignores the test where there is no engine for its store.</summary>
    /// <param name="store">Where its files go.</param>
    /// <param name="settings">As on the command line.</param>
    public static async Task<ServiceInStore> Start(StorageProvider store, params string[] settings)
    {
        if (store == StorageProvider.LargeObject)
        {
            return new ServiceInStore(await TestBed.StartService(settings), null, settings);
        }

        if (!TestBucket.IsAvailable)
        {
            Assert.Ignore(TestBucket.WhySkipped);
        }

        var bucket = await TestBucket.Create();
        string[] all = [.. bucket.Settings.Select(setting => $"--{setting.Key}={setting.Value}"), .. settings];
        return new ServiceInStore(await TestBed.StartService(all), bucket, all);
    }

    /// <summary>Another instance, with the same database and the same store.</summary>
    /// <param name="more">Settings that it has besides, or instead.</param>
    public Task<RunningService> StartAnother(params string[] more) =>
        RunningService.Start(Service.ConnectionString, TimeProvider.System, [.. settings, .. more]);

    /// <summary>Nothing is kept that nobody owns, in either store.</summary>
    public async Task ShouldKeepOnlyWhatIsReferredTo()
    {
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        if (bucket is not null)
        {
            (await bucket.Inspect(Service.ConnectionString)).ShouldBeEmpty();
            (await bucket.Uploads()).ShouldBeEmpty();
        }
    }

    /// <summary>Aborts what is being uploaded to the bucket, as a rule of its owner may do.</summary>
    public async Task AbortUploads()
    {
        foreach (var upload in await bucket!.Uploads())
        {
            await bucket.Abort(upload);
        }
    }

    /// <summary>Sends a part of the only upload to the bucket once more, as a request does that was left behind.</summary>
    public async Task ReplacePart(int number, byte[] content) => await bucket!.PutPart((await bucket.Uploads()).Single(), number, content);

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        if (bucket is not null)
        {
            await bucket.DisposeAsync();
        }
    }
}
