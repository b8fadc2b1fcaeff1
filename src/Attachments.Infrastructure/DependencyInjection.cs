using Attachments.Application.Changes;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Previews;
using Attachments.Application.Sessions;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores;
using Attachments.Infrastructure.BlobStores.Directories;
using Attachments.Infrastructure.BlobStores.External;
using Attachments.Infrastructure.BlobStores.LargeObjects;
using Attachments.Infrastructure.BlobStores.Migration;
using Attachments.Infrastructure.BlobStores.S3;
using Attachments.Infrastructure.Caching;
using Attachments.Infrastructure.Changes;
using Attachments.Infrastructure.Persistence;
using Attachments.Infrastructure.Previews;
using Attachments.Infrastructure.Sweeping;
using Attachments.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Attachments.Infrastructure;

public static class DependencyInjection
{
    // Less than those who ask for all checks wait, so that a store that does not answer fails its own.
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The database, the blob store and the sweeper.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="connectionString">Of the database; read when it is first needed.</param>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services, Func<IServiceProvider, string> connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => DataSource.Create(connectionString(provider)));
        services.AddDbContextPool<AttachmentsDbContext>(
            (provider, options) => options
                .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
                .ReplaceService<IComparer<IReadOnlyModificationCommand>, AggregatesFirst>()
                .AddInterceptors(
                    new ReleaseInterceptor(provider.GetRequiredService<TimeProvider>()),
                    ActivatorUtilities.CreateInstance<ChangeInterceptor>(provider),
                    SmallContentFunction.Instance));
        services.TryAddSingleton<IChangeAuthor, NoAuthor>();
        services.AddSingleton<Sequencer>();
        services.AddHostedService<SequencerLoop>();
        services.AddWebhooks();
        services.AddScoped<IAttachmentsDb>(provider => provider.GetRequiredService<AttachmentsDbContext>());
        services.AddScoped<ISessionReader, SessionReader>();
        services.AddBlobStores();
        services.AddBlobCache();
        services.AddScoped<DatabaseSetup>();
        services.AddSingleton<TemporarySetSweeper>();
        services.AddSingleton<Sweeper>();
        services.AddSingleton<SweepingClock>();
        services.AddHostedService<SweeperLoop>();
        services.AddSingleton<ChecksumFiller>();
        services.AddHostedService(provider => provider.GetRequiredService<ChecksumFiller>());
        services.AddPreviewRenderer();
        return services;
    }

    /// <summary>A check named <c>database</c>, which asks by a connection of the pool.</summary>
    public static IHealthChecksBuilder AddDatabaseCheck(this IHealthChecksBuilder builder, params string[] tags) =>
        builder.AddCheck<DatabaseHealthCheck>("database", tags: tags, timeout: CheckTimeout);

    /// <summary>
    /// A check named <c>blobs</c>, where there is a bucket, and one named <c>directory</c>, where there is a directory. Without it the service is
    /// degraded where new bytes go elsewhere, and only some of the old ones cannot be read; else it is unhealthy.
    /// </summary>
    public static IHealthChecksBuilder AddBlobStoreCheck(this IHealthChecksBuilder builder, params string[] tags)
    {
        builder.Services.AddOptions<HealthCheckServiceOptions>().Configure<IOptions<StorageOptions>>((checks, storage) =>
        {
            if (storage.Value.S3 is not null)
            {
                Add<S3HealthCheck>("blobs", StorageProvider.S3);
            }

            if (storage.Value.Directory is { Path: not null })
            {
                Add<DirectoryHealthCheck>("directory", StorageProvider.Directory);
            }

            void Add<T>(string name, StorageProvider store)
                where T : IHealthCheck => checks.Registrations.Add(new HealthCheckRegistration(
                    name,
                    services => ActivatorUtilities.GetServiceOrCreateInstance<T>(services),
                    storage.Value.Provider == store ? HealthStatus.Unhealthy : HealthStatus.Degraded,
                    tags,
                    CheckTimeout));
        });
        return builder;
    }

    private static void AddWebhooks(this IServiceCollection services)
    {
        services.TryAddSingleton<IHostResolver, SystemResolver>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookOutbox>();
        services.AddHostedService<DeliveryLoop>();
    }

    private static void AddBlobStores(this IServiceCollection services)
    {
        services.AddSingleton(provider => S3Connection.Open(
            GetStorage(provider).S3 ?? throw new ConfigurationException("Storage:S3:Bucket is missing."),
            provider.GetRequiredService<ILogger<S3Bucket>>()));
        services.AddSingleton<S3Store>();
        services.AddSingleton<DirectoryHealthCheck>();
        services.AddSingleton(provider => new BlobDirectory(
            GetStorage(provider).Directory?.Path ?? throw new ConfigurationException("Storage:Directory:Path is missing.")));
        services.AddSingleton<DirectoryStore>();
        services.AddSingleton<DirectoryRows>();
        services.AddSingleton(provider => new ExternalStores(
        [
            .. HasDirectory(provider) ? [provider.GetRequiredService<DirectoryStore>()] : Array.Empty<IExternalStore>(),
            .. HasBucket(provider) ? [provider.GetRequiredService<S3Store>()] : Array.Empty<IExternalStore>(),
        ]));
        services.AddScoped<LargeObjectBlobStore>();
        services.AddScoped<S3BlobStore>();
        services.AddScoped<DirectoryBlobStore>();
        services.AddScoped<IFileBlobStore>(provider => HasDirectory(provider) ? provider.GetRequiredService<DirectoryBlobStore>() : null!);
        services.AddScoped<IBlobStore>(RouteBlobs);
        services.AddScoped<ITransactionalBlobStore>(provider => GetStorage(provider).Provider == StorageProvider.LargeObject
            ? provider.GetRequiredService<LargeObjectBlobStore>()
            : null!);
        services.AddScoped<S3ResumableBlobStore>();
        services.AddScoped<DirectoryResumableBlobStore>();
        services.AddScoped<IResumableBlobStore>(provider => new RoutedResumableBlobStore(
            provider.GetRequiredService<LargeObjectBlobStore>(),
            HasBucket(provider) ? provider.GetRequiredService<S3ResumableBlobStore>() : null,
            HasDirectory(provider) ? provider.GetRequiredService<DirectoryResumableBlobStore>() : null,
            provider.GetRequiredService<IOptions<StorageOptions>>()));
        services.AddScoped<BlobStoreSetup>();
        services.AddScoped<StaleCopyReclaimer>();
        services.AddScoped<BlobMover>();
    }

    private static void AddPreviewRenderer(this IServiceCollection services)
    {
        services.AddSingleton<SandboxedRenderer>();
        services.TryAddSingleton<IPreviewRenderer>(provider => provider.GetRequiredService<SandboxedRenderer>());
        services.AddHostedService(provider => provider.GetRequiredService<SandboxedRenderer>());
    }

    private static void AddBlobCache(this IServiceCollection services)
    {
        services.AddSingleton<FileCache>();
        services.AddSingleton<IBlobCache>(provider => provider.GetRequiredService<FileCache>());
        services.AddHostedService(provider => provider.GetRequiredService<FileCache>());
    }

    private static IBlobStore RouteBlobs(IServiceProvider provider)
    {
        var largeObjects = provider.GetRequiredService<LargeObjectBlobStore>();
        var externals = new Dictionary<StorageProvider, IExternalBlobStore>();
        if (HasDirectory(provider))
        {
            externals.Add(StorageProvider.Directory, provider.GetRequiredService<DirectoryBlobStore>());
        }

        if (HasBucket(provider))
        {
            externals.Add(StorageProvider.S3, provider.GetRequiredService<S3BlobStore>());
        }

        return externals.Count == 0
            ? largeObjects
            : new RoutedBlobStore(largeObjects, externals, provider.GetRequiredService<IOptions<StorageOptions>>());
    }

    private static bool HasBucket(IServiceProvider services) => GetStorage(services).S3 is not null;

    private static bool HasDirectory(IServiceProvider services) => GetStorage(services).Directory is { Path: not null };

    private static StorageOptions GetStorage(IServiceProvider services) => services.GetRequiredService<IOptions<StorageOptions>>().Value;
}
