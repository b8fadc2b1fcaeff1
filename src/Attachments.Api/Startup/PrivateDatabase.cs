using Attachments.Api.Http.Logging;
using Attachments.Api.Settings;
using Attachments.Application.Settings;
using Attachments.Infrastructure.EmbeddedPostgres;
using Serilog.Extensions.Logging;

namespace Attachments.Api.Startup;

/// <summary>In Development, a service that is given no database brings its own.</summary>
internal static class PrivateDatabase
{
    private const string CacheDirectory = $"{StorageOptions.Section}:{nameof(StorageOptions.Cache)}:{nameof(CacheOptions.Directory)}";

    /// <summary>Starts it and configures its connection string, where there is none. Dispose of it when the service has stopped.</summary>
    /// <exception cref="EmbeddedPostgresException">It cannot be started.</exception>
    public static async Task<IAsyncDisposable?> StartIfNeeded(WebApplicationBuilder builder, CancellationToken cancellationToken)
    {
        var embedded = SettingsSections.Read<EmbeddedOptions>(builder.Configuration.GetSection(EmbeddedOptions.Section));
        var configured = builder.Configuration.GetConnectionString(ServiceHost.ConnectionName);
        if (!builder.Environment.IsDevelopment() || !string.IsNullOrEmpty(configured))
        {
            return null;
        }

        using var logs = new SerilogLoggerFactory(LogRegistration.CreateLogger(builder), dispose: true);
        var cluster = await PrivateCluster.Start(embedded.DataDirectory, logs.CreateLogger<PrivateCluster>(), cancellationToken);
        builder.Configuration[$"ConnectionStrings:{ServiceHost.ConnectionName}"] = cluster.ConnectionString;

        // What is served again and again comes from beside it, unless that was set to something else, or to nothing.
        builder.Configuration[CacheDirectory] ??= Path.Combine(embedded.DataDirectory, "cache");
        return cluster;
    }
}
