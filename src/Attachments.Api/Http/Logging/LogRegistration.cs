using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Serilog.Settings.Configuration;

namespace Attachments.Api.Http.Logging;

internal static class LogRegistration
{
    private const string ReadableLine = "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    /// <summary>
    /// Logs to standard output: a readable line for each event in Development, an object of JSON for each elsewhere. Levels can be set
    /// in the configuration section <c>Serilog</c>.
    /// </summary>
    public static WebApplicationBuilder AddLogs(this WebApplicationBuilder builder)
    {
        builder.Services.AddSerilog(CreateLogger(builder), dispose: true);
        return builder;
    }

    /// <summary>The same log, for what happens before there are services.</summary>
    public static Logger CreateLogger(WebApplicationBuilder builder)
    {
        var configuration = new LoggerConfiguration()
            // Not in a file, as one that is not found where the service is started would let the framework log each path.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("Npgsql", LogEventLevel.Warning)
            // EF Core also throws each failure that it logs. The caller knows whether it is an error; a conflict, for example, is handled.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Fatal)
            // The host also throws the failure of a start, which is then reported in one line.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal)
            // It warns of keys that nothing here uses.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            // The assembly is named, so that nothing is looked for on disk where the service is published as a single file.
            .ReadFrom.Configuration(
                builder.Configuration, new ConfigurationReaderOptions(typeof(ConsoleLoggerConfigurationExtensions).Assembly))
            .Enrich.With<WithoutPath>();
        var logger = builder.Environment.IsDevelopment()
            ? configuration.WriteTo.Console(outputTemplate: ReadableLine, formatProvider: null)
            : configuration.WriteTo.Console(new RenderedCompactJsonFormatter());
        return logger.CreateLogger();
    }

    /// <summary>The framework adds the raw path to every event of a request; it can hold the name of a file.</summary>
    internal sealed class WithoutPath : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory) => logEvent.RemovePropertyIfPresent("RequestPath");
    }
}
