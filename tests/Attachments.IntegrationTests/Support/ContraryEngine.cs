using System.Text;
using Attachments.Application.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Attachments.IntegrationTests.Support;

/// <summary>An S3 engine that does as it is told by a test, and for the rest what the one behind it does.</summary>
internal sealed class ContraryEngine : IAsyncDisposable
{
    // Of the connection, or set by what sends it on.
    private static readonly string[] Own = ["Host", "Connection", "Keep-Alive", "Content-Length", "Transfer-Encoding", "Expect"];

    private readonly HttpClient client = new();
    private readonly WebApplication app;
    private readonly string engine;

    private ContraryEngine(WebApplication app, S3Options behind)
    {
        this.app = app;
        engine = behind.ServiceUrl!.TrimEnd('/');
        Options = new S3Options
        {
            ServiceUrl = app.Urls.Single(),
            Bucket = behind.Bucket,
            AccessKey = behind.AccessKey,
            SecretKey = behind.SecretKey,
        };
    }

    public S3Options Options { get; }

    /// <summary>What is done with a request, by its method and target: <c>DELETE /bucket/blobs/…</c>.</summary>
    public Func<string, Contrariness?> Rule { get; set; } = _ => null;

    public static async Task<ContraryEngine> Start(S3Options behind)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        ContraryEngine? made = null;
        app.Run(context => made!.Answer(context));
        await app.StartAsync();
        return made = new ContraryEngine(app, behind);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        client.Dispose();
    }

    private async Task Answer(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var rule = Rule($"{context.Request.Method} {target}");
        using var response = rule is null or { IsDone: true } ? await PassOn(context, target) : null;
        if (rule is not null)
        {
            await Say(context, rule);
            return;
        }

        context.Response.StatusCode = (int)response!.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(field => !Own.Contains(field.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        context.Response.ContentLength = context.Response.StatusCode == 204 ? null : response.Content.Headers.ContentLength;
        await response.Content.CopyToAsync(context.Response.Body);
    }

    private async Task<HttpResponseMessage> PassOn(HttpContext context, string target)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), engine + target);
        request.Content = new ByteArrayContent(body.ToArray());
        request.Headers.Host = context.Request.Host.Value;
        foreach (var (name, values) in context.Request.Headers.Where(field => !Own.Contains(field.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return await client.SendAsync(request);
    }

    private static async Task Say(HttpContext context, Contrariness rule)
    {
        if (rule.Status == 0)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = rule.Status;
        var body = $"<?xml version=\"1.0\"?><Error><Code>{rule.Code}</Code><Message>As the test says.</Message></Error>";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(rule.Code is "" ? "" : body));
    }
}

/// <summary>An answer that is not the engine's.</summary>
/// <param name="Status">0: none; the connection is cut.</param>
/// <param name="Code">The error's.</param>
/// <param name="IsDone">The engine behind has done what was asked all the same.</param>
internal sealed record Contrariness(int Status, string Code = "", bool IsDone = false);
