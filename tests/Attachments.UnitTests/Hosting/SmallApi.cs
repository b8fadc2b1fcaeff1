using System.Net.Http.Headers;
using Attachments.Api.Callers;
using Attachments.Api.Docs;
using Attachments.Api.Health;
using Attachments.Api.Http.Errors;
using Attachments.Api.Http.Logging;
using Attachments.Api.Telemetry;
using Attachments.Application.Changes;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Previews;
using Attachments.Application.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Serilog;

namespace Attachments.UnitTests.Hosting;

/// <summary>What all controllers share, around the controllers of this project, on real sockets.</summary>
internal sealed class SmallApi : IAsyncDisposable
{
    public const string Issuer = "https://issuer.example";
    public const string Audience = "attachments-tests";

    public static readonly string Key = Convert.ToBase64String(Enumerable.Range(0, 32).Select(number => (byte)number).ToArray());

    private readonly WebApplication app;

    private SmallApi(WebApplication app, LogRecorder log)
    {
        this.app = app;
        Log = log;

        // It is in the process of the service, whose spans are not to be mixed with a client's.
        Client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public LogRecorder Log { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => app.Services;

    public static Dictionary<string, string?> Settings() => new()
    {
        ["Authentication:Schemes:Bearer:ValidIssuer"] = Issuer,
        ["Authentication:Schemes:Bearer:ValidAudience"] = Audience,
        ["Authentication:Schemes:Bearer:SigningKeys:0:Issuer"] = Issuer,
        ["Authentication:Schemes:Bearer:SigningKeys:0:Value"] = Key,
    };

    public static async Task<SmallApi> Start(Action<WebApplicationBuilder>? configure = null, string environment = "Production")
    {
        var log = new LogRecorder();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(Settings());
        configure?.Invoke(builder);
        builder.AddLogs();
        builder.Services.AddSerilog(new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(log).CreateLogger(), dispose: true);
        builder.AddCallers(developmentKeyDirectory: Path.GetTempPath());
        builder.AddTelemetry();
        builder.Services.AddSingleton<ContentMetrics>();
        builder.Services.AddSingleton<FeedMetrics>();
        builder.Services.AddSingleton<PreviewMetrics>();
        builder.Services.AddErrors();
        builder.Services.AddSingleton<WebhookMetrics>();
        builder.Services.AddApiDocs();
        builder.Services.AddReadiness();
        builder.Services.AddControllers().AddApplicationPart(typeof(SmallApi).Assembly);
        var app = builder.Build();
        app.UseRequestLog();
        app.UseErrors();
        app.MapApiDocs();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        app.MapTelemetry();
        app.MapControllers().RequireAuthorization();
        await app.StartAsync();
        return new SmallApi(app, log);
    }

    /// <summary>From here on, requests are those of this user.</summary>
    public SmallApi As(TokenRequest user)
    {
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TokenFor(user));
        return this;
    }

    public string TokenFor(TokenRequest user) =>
        new TokenVerb(Services.GetRequiredService<BearerSettings>(), TimeProvider.System).Sign(user);

    /// <summary>Lets requests end and background work flush.</summary>
    public Task Stop() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }
}
