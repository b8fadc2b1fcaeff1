using Attachments.Api.Http;
using Attachments.Infrastructure.EmbeddedPostgres;
using Serilog.Extensions.Logging;

namespace Attachments.Api.Startup;

/// <summary>In Development, a service that is given no database brings its own.</summary>
internal static class PrivateDatabase
{
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
        return cluster;
    }
}
