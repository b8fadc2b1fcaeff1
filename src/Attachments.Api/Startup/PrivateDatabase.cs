using Attachments.Api.Http.Logging;
using Attachments.Api.Settings;
using Attachments.Application.Settings;
using Attachments.Infrastructure.EmbeddedPostgres;
using Serilog.Extensions.Logging;

namespace Attachments.Api.Startup;

/// <summary>The private database of a service in Development without a connection string.</summary>
internal static class PrivateDatabase
{
    private const string CacheDirectory = $"{StorageOptions.Section}:{nameof(StorageOptions.Cache)}:{nameof(CacheOptions.Directory)}";

    /// <summary>
    /// Starts the private database and configures its connection string, if there is none. Dispose it after the service has stopped.
    /// </summary>
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

        // The file cache is next to the database, unless it is configured or switched off.
        builder.Configuration[CacheDirectory] ??= Path.Combine(embedded.DataDirectory, "cache");
        return cluster;
    }
}
