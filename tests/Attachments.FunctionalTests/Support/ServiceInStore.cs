using Attachments.Application.Settings;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Support;

/// <summary>A service that keeps its files in one of the stores, for tests that must hold in each.</summary>
internal sealed class ServiceInStore : IAsyncDisposable
{
    public static readonly StorageProvider[] Stores = Enum.GetValues<StorageProvider>();

    private readonly TestBucket? bucket;

    private readonly TestDirectory? files;

    private readonly string[] settings;

    private ServiceInStore(RunningService service, TestBucket? bucket, TestDirectory? files, string[] settings)
    {
        Service = service;
        this.bucket = bucket;
        this.files = files;
        this.settings = settings;
    }

    public RunningService Service { get; }

    /// <summary>Starts one on a database of its own. Ignores the test where there is no engine for its store.</summary>
    /// <param name="store">Where its files go.</param>
    /// <param name="settings">As on the command line.</param>
    public static async Task<ServiceInStore> Start(StorageProvider store, params string[] settings)
    {
        if (store == StorageProvider.S3 && !TestBucket.IsAvailable)
        {
            Assert.Ignore(TestBucket.WhySkipped);
        }

        var bucket = store == StorageProvider.S3 ? await TestBucket.Create() : null;
        var files = store == StorageProvider.Directory ? TestDirectory.Create() : null;
        var own = bucket?.Settings ?? files?.Settings ?? new Dictionary<string, string>();
        string[] all = [.. own.Select(setting => $"--{setting.Key}={setting.Value}"), .. settings];
        return new ServiceInStore(await TestBed.StartService(all), bucket, files, all);
    }

    /// <summary>Another instance, with the same database and the same store.</summary>
    /// <param name="more">Settings that it has besides, or instead.</param>
    public Task<RunningService> StartAnother(params string[] more) =>
        RunningService.Start(Service.ConnectionString, TimeProvider.System, [.. settings, .. more]);

    /// <summary>Nothing is kept that nobody owns, in any store.</summary>
    public async Task ShouldKeepOnlyWhatIsReferredTo()
    {
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        if (bucket is not null)
        {
            (await bucket.Inspect(Service.ConnectionString)).ShouldBeEmpty();
            (await bucket.Uploads()).ShouldBeEmpty();
        }

        if (files is not null)
        {
            (await files.Inspect(Service.ConnectionString)).ShouldBeEmpty();
        }
    }

    /// <summary>Deletes all bytes, as a broken disk does.</summary>
    public async Task LoseBytes()
    {
        await Service.Execute("SELECT lo_unlink(oid) FROM pg_largeobject_metadata");
        foreach (var key in bucket is null ? [] : await bucket.Keys())
        {
            await bucket!.Delete(key);
        }

        foreach (var name in files?.Names() ?? [])
        {
            System.IO.File.Delete(files!.GetPath(Guid.Parse(name)));
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

        files?.Dispose();
    }
}
