using System.Text.Json;
using Attachments.Api.Http.Logging;
using Attachments.UnitTests.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Attachments.UnitTests.Http.Logging;

/// <summary>Standard output belongs to the process, so these run alone.</summary>
[NonParallelizable]
public sealed class LogRegistrationTests
{
    [Test]
    public async Task Writes_an_object_of_json_for_each_event()
    {
        var lines = await Logged("Production", logger => logger.LogInformation("Hello {Name}", "Zoë"));
        var line = JsonDocument.Parse(lines.ShouldHaveSingleItem()).RootElement;
        line.GetProperty("@m").GetString().ShouldBe("Hello \"Zoë\"");
        line.GetProperty("Name").GetString().ShouldBe("Zoë");
    }

    [Test]
    public async Task Writes_a_readable_line_in_development()
    {
        var lines = await Logged("Development", logger => logger.LogInformation("Hello {Name}", "Zoë"));
        lines.ShouldHaveSingleItem().ShouldEndWith("INF Sample: Hello Zoë");
    }

    [Test]
    public async Task Leaves_out_the_path_that_the_framework_adds()
    {
        var lines = await Logged("Production", logger =>
        {
            using (logger.BeginScope(new Dictionary<string, object> { ["RequestPath"] = "/secret.jpg", ["RequestId"] = "1:2" }))
            {
                logger.LogInformation("Hello");
            }
        });
        lines.ShouldHaveSingleItem().ShouldContain("1:2");
        lines[0].ShouldNotContain("secret");
    }

    [Test]
    public async Task Takes_levels_from_configuration()
    {
        var settings = ("Serilog:MinimumLevel:Override:Sample", "Debug");
        (await Logged("Production", logger => logger.LogDebug("Hello"), settings: settings)).ShouldHaveSingleItem();
    }

    [Test]
    public async Task Leaves_out_what_the_framework_says_of_each_request()
    {
        const string Framework = "Microsoft.AspNetCore.Hosting.Diagnostics";
        (await Logged("Production", logger => logger.LogInformation("Request starting"), Framework)).ShouldBeEmpty();
        (await Logged("Production", logger => logger.LogWarning("Request failing"), Framework)).ShouldHaveSingleItem();
    }

    [Test]
    public async Task Leaves_out_what_is_below_the_level()
    {
        (await Logged("Production", logger => logger.LogDebug("Hello"))).ShouldBeEmpty();
    }

    [Test]
    public async Task Exports_the_same_events_without_the_tokens_of_links()
    {
        await using var collector = await Collector.Start();
        var lines = await Logged(
            "Production",
            logger =>
            {
                using (logger.BeginScope(new Dictionary<string, object> { ["RequestPath"] = "/secret.jpg" }))
                {
                    logger.LogInformation("Hello {Target}", "/v1/a?b=c&link=MARKER&d=e");
                }
            },
            settings: Exported(collector));
        lines.ShouldHaveSingleItem();
        var exported = collector.At("/v1/logs");
        exported.ShouldContain("/v1/a?b=c&link=");
        exported.ShouldContain("&d=e");
        exported.ShouldNotContain("MARKER");
        exported.ShouldNotContain("secret");
        exported.ShouldMatch("(?s)service\\.name.{4}attachments");
        exported.ShouldMatch("(?s)service\\.version.{4}" + System.Text.RegularExpressions.Regex.Escape(OtlpExport.Version));
        exported.ShouldContain(OtlpExport.InstanceId);
    }

    [Test]
    public async Task Exports_no_logs_where_they_are_turned_off()
    {
        await using var collector = await Collector.Start();
        (await Logged("Production", logger => logger.LogInformation("Hello"), settings: [.. Exported(collector), ("OTEL_LOGS_EXPORTER", "none")]))
            .ShouldHaveSingleItem();
        collector.IsEmpty.ShouldBeTrue();
    }

    private static (string, string)[] Exported(Collector collector) =>
        [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")];

    private static async Task<string[]> Logged(
        string environment, Action<ILogger> log, string category = "Sample", params (string Key, string Value)[] settings)
    {
        var before = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
            builder.Configuration.AddInMemoryCollection(
                settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
            builder.AddLogs();
            await using var app = builder.Build();
            log(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category));
        }
        finally
        {
            Console.SetOut(before);
        }

        return output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
