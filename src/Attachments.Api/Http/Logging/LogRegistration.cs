using System.Text;
using Attachments.Application.Errors;
using OpenTelemetry;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Serilog.Settings.Configuration;

namespace Attachments.Api.Http.Logging;

internal static class LogRegistration
{
    /// <summary>The events that wait for a collector which does not take them. More are dropped.</summary>
    private const int MaxWaitingEvents = 10_000;

    private const string ReadableLine = "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    /// <summary>
    /// Logs to standard output: a readable line for each event in Development, an object of JSON for each elsewhere. Levels can be set
    /// in the configuration section <c>Serilog</c>. Exports the same events by OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    /// <exception cref="ConfigurationException">The endpoint or the protocol is invalid.</exception>
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
            .Enrich.With<WithoutPath>()
            .Enrich.With<WithoutLink>();
        var logger = builder.Environment.IsDevelopment()
            ? configuration.WriteTo.Console(outputTemplate: ReadableLine, formatProvider: null)
            : configuration.WriteTo.Console(new RenderedCompactJsonFormatter());
        return Export(logger, builder.Configuration).CreateLogger();
    }

    private static LoggerConfiguration Export(LoggerConfiguration logger, ConfigurationManager settings) =>
        OtlpExport.IncludesLogs(settings)
            ? logger.WriteTo.OpenTelemetry(
                export =>
                {
                    export.ResourceAttributes = new Dictionary<string, object>
                    {
                        ["service.name"] = OtlpExport.ServiceName,
                        ["service.version"] = OtlpExport.Version,
                        ["service.instance.id"] = OtlpExport.InstanceId,
                    };
                    export.BatchingOptions.QueueLimit = MaxWaitingEvents;
                    export.HttpMessageHandler = new ExportTimeout();
                    export.OnBeginSuppressInstrumentation = SuppressInstrumentationScope.Begin;
                },
                key => settings[key])
            : logger;

    /// <summary>
    /// At the levels Information and below, which are off, the framework logs the query of each request. It can hold a signed link, which is
    /// a credential.
    /// </summary>
    internal sealed class WithoutLink : ILogEventEnricher
    {
        private const string Parameter = "link=";

        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            foreach (var (name, value) in logEvent.Properties.Where(property => HasLink(property.Value)).ToList())
            {
                logEvent.AddOrUpdateProperty(new LogEventProperty(name, new ScalarValue(Remove((string)((ScalarValue)value).Value!))));
            }
        }

        private static bool HasLink(LogEventPropertyValue value) =>
            value is ScalarValue { Value: string text } && text.Contains(Parameter, StringComparison.OrdinalIgnoreCase);

        private static string Remove(string text)
        {
            var rest = text.AsSpan();
            var kept = new StringBuilder();
            for (int start; (start = rest.IndexOf(Parameter, StringComparison.OrdinalIgnoreCase)) >= 0;)
            {
                kept.Append(rest[..(start + Parameter.Length)]).Append('…');
                rest = rest[(start + Parameter.Length)..];
                var end = rest.IndexOfAny('&', ' ', '"');
                rest = end < 0 ? [] : rest[end..];
            }

            return kept.Append(rest).ToString();
        }
    }

    /// <summary>The framework adds the raw path to every event of a request; it can hold the name of a file.</summary>
    internal sealed class WithoutPath : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory) => logEvent.RemovePropertyIfPresent("RequestPath");
    }
}
