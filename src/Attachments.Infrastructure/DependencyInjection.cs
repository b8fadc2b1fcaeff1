using Attachments.Application.Changes;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Sessions;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores;
using Attachments.Infrastructure.BlobStores.LargeObjects;
using Attachments.Infrastructure.BlobStores.Migration;
using Attachments.Infrastructure.BlobStores.Ownership;
using Attachments.Infrastructure.BlobStores.S3;
using Attachments.Infrastructure.Caching;
using Attachments.Infrastructure.Changes;
using Attachments.Infrastructure.Persistence;
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
        return services;
    }

    /// <summary>A check named <c>database</c>, which asks by a connection of the pool.</summary>
    public static IHealthChecksBuilder AddDatabaseCheck(this IHealthChecksBuilder builder, params string[] tags) =>
        builder.AddCheck<DatabaseHealthCheck>("database", tags: tags, timeout: CheckTimeout);

    /// <summary>
    /// A check named <c>blobs</c>, where there is a bucket. Without it the service is degraded where new bytes go to the database, and only
    /// some of the old ones cannot be read; else it is unhealthy.
    /// </summary>
    public static IHealthChecksBuilder AddBlobStoreCheck(this IHealthChecksBuilder builder, params string[] tags)
    {
        builder.Services.AddOptions<HealthCheckServiceOptions>().Configure<IOptions<StorageOptions>>((checks, storage) =>
        {
            if (storage.Value.S3 is not null)
            {
                checks.Registrations.Add(new HealthCheckRegistration(
                    "blobs",
                    services => ActivatorUtilities.CreateInstance<S3HealthCheck>(services),
                    storage.Value.Provider == StorageProvider.S3 ? HealthStatus.Unhealthy : HealthStatus.Degraded,
                    tags,
                    CheckTimeout));
            }
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
        services.AddSingleton<IOwnerMarker, S3OwnerMarker>();
        services.AddSingleton<StoreOwnership>();
        services.AddScoped<LargeObjectBlobStore>();
        services.AddScoped<S3BlobStore>();
        services.AddScoped<RoutedBlobStore>();
        services.AddScoped<IBlobStore>(provider => GetStorage(provider).S3 is null
            ? provider.GetRequiredService<LargeObjectBlobStore>()
            : provider.GetRequiredService<RoutedBlobStore>());
        services.AddScoped<ITransactionalBlobStore>(provider => GetStorage(provider).Provider == StorageProvider.LargeObject
            ? provider.GetRequiredService<LargeObjectBlobStore>()
            : null!);
        services.AddScoped<S3ResumableBlobStore>();
        services.AddScoped<RoutedResumableBlobStore>();
        services.AddScoped<IResumableBlobStore>(provider => GetStorage(provider).S3 is null
            ? provider.GetRequiredService<LargeObjectBlobStore>()
            : provider.GetRequiredService<RoutedResumableBlobStore>());
        services.AddScoped<BlobStoreSetup>();
        services.AddScoped<StaleCopyReclaimer>();
        services.AddScoped<BlobMover>();
    }

    private static void AddBlobCache(this IServiceCollection services)
    {
        services.AddSingleton<FileCache>();
        services.AddSingleton<IBlobCache>(provider => provider.GetRequiredService<FileCache>());
        services.AddHostedService(provider => provider.GetRequiredService<FileCache>());
    }

    private static StorageOptions GetStorage(IServiceProvider services) => services.GetRequiredService<IOptions<StorageOptions>>().Value;
}
