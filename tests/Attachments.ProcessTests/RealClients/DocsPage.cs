using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Attachments.ProcessTests.RealClients;

/// <summary>
/// The page that shows the API, through a proxy that adds the token, and a script that does what a visitor does: it opens an operation,
/// chooses "Try it out" and a media type, picks files, leaves all fields as they are, and chooses "Execute".
/// </summary>
internal sealed class DocsPage : IAsyncDisposable
{
    private const string Script =
        """
        <script type="module">
        const uploads = UPLOADS;
        const report = [];
        const wait = milliseconds => new Promise(next => setTimeout(next, milliseconds));

        async function find(root, selector) {
          for (let tries = 0; tries < 60; tries++) {
            const found = root.querySelector(selector);
            if (found) return found;
            await wait(50);
          }
          throw new Error(`${selector} is not there`);
        }

        function enter(input, value) {
          const prototype = input instanceof HTMLSelectElement ? HTMLSelectElement.prototype : HTMLInputElement.prototype;
          Object.getOwnPropertyDescriptor(prototype, 'value').set.call(input, value);
          input.dispatchEvent(new Event(input instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }));
        }

        function pick(input) {
          const files = new DataTransfer();
          files.items.add(new File(['the bytes'], 'picked.txt', { type: 'text/plain' }));
          input.files = files.files;
          input.dispatchEvent(new Event('change', { bubbles: true }));
        }

        async function upload({ operation, mediaType, path, files }) {
          const block = await find(document, `[id$="-${operation}"]`);
          if (!block.classList.contains('is-open')) (await find(block, '.opblock-summary-control')).click();
          (await find(block, '.try-out__btn:not(.cancel)')).click();
          await find(block, '.btn.execute');
          for (const [name, value] of Object.entries(path)) enter(await find(block, `tr[data-param-name="${name}"] input`), value);
          const types = await find(block, '.opblock-section-request-body select');
          if (types.value !== mediaType) enter(types, mediaType);
          await wait(200);
          const add = block.querySelector('.opblock-section-request-body .json-schema-form-item-add');
          if (add) { add.click(); await wait(200); }
          if (files > 0) await find(block, '.opblock-section-request-body input[type=file]');
          block.querySelectorAll('.opblock-section-request-body input[type=file]').forEach(pick);
          await wait(200);
          (await find(block, '.btn.execute')).click();
          const status = await find(block, '.live-responses-table .response-col_status');
          const body = block.querySelector('.live-responses-table .response-col_description')?.textContent ?? '';
          report.push({ upload: `${operation} ${mediaType}`, status: parseInt(status.textContent), body: body.slice(0, 2000) });
          (await find(block, '.try-out__btn.cancel')).click();
          (await find(block, '.opblock-summary-control')).click();
          await wait(200);
        }

        for (const it of uploads) {
          try { await upload(it); } catch (error) { report.push({ upload: `${it.operation} ${it.mediaType}`, status: 0, body: String(error) }); }
        }
        await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
        </script>
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly WebApplication app;
    private readonly TaskCompletionSource<IReadOnlyList<TriedUpload>> report = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DocsPage(WebApplication app) => this.app = app;

    public string Address => $"{app.Urls.Single()}/docs/index.html";

    public Task<IReadOnlyList<TriedUpload>> Report => report.Task;

    /// <param name="service">With the token.</param>
    /// <param name="uploads">To try, in this order.</param>
    public static DocsPage Start(HttpClient service, IEnumerable<UploadToTry> uploads)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var page = new DocsPage(builder.Build());
        page.Serve(service, Script.Replace("UPLOADS", JsonSerializer.Serialize(uploads, Json), StringComparison.Ordinal));
        return page;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private void Serve(HttpClient service, string script)
    {
        app.MapPost("/report", async (HttpContext context) =>
            report.TrySetResult((await JsonSerializer.DeserializeAsync<IReadOnlyList<TriedUpload>>(context.Request.Body, Json))!));
        app.MapGet("/docs/index.html", async () =>
        {
            var page = await service.GetStringAsync("/docs/index.html");
            return Results.Content(page.Replace("</body>", $"{script}</body>", StringComparison.Ordinal), "text/html; charset=utf-8");
        });
        app.MapFallback(context => Forward(context, service));
        app.Start();
    }

    private static async Task Forward(HttpContext context, HttpClient service)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), $"{context.Request.Path}{context.Request.QueryString}");
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        using var answer = await service.SendAsync(request);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body);
    }
}

/// <param name="Operation">Its <c>operationId</c>.</param>
/// <param name="MediaType">The one to choose.</param>
/// <param name="Files">The least number of files to pick.</param>
/// <param name="Path">The values that are no examples: ids that the service has chosen.</param>
internal sealed record UploadToTry(string Operation, string MediaType, int Files, IReadOnlyDictionary<string, string> Path);

/// <param name="Upload">The operation and the media type.</param>
/// <param name="Status">Of the response; 0 for none.</param>
/// <param name="Body">What the page shows of it.</param>
internal sealed record TriedUpload(string Upload, int Status, string Body);
