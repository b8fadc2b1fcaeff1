using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Attachments.ProcessTests.RealClients;

/// <summary>
/// The page that shows the API, through a proxy that adds the token, with a script that does what a visitor does: it opens an operation,
/// chooses "Try it out" and a media type, picks files, leaves all other fields as they are, and chooses "Execute".
/// </summary>
internal sealed class DocsPage : IAsyncDisposable
{
    private const string Script =
        """
        <script type="module">
        const report = [];
        let picked = 0;

        async function until(what, condition) {
          for (let tries = 0; tries < 200; tries++) {
            const found = condition();
            if (found) return found;
            await new Promise(next => setTimeout(next, 50));
          }
          throw new Error(`${what} is not there`);
        }

        const find = (root, selector) => until(selector, () => root.querySelector(selector));

        function enter(input, value) {
          const [prototype, event] = input instanceof HTMLSelectElement ? [HTMLSelectElement.prototype, 'change'] : [HTMLInputElement.prototype, 'input'];
          Object.getOwnPropertyDescriptor(prototype, 'value').set.call(input, value);
          input.dispatchEvent(new Event(event, { bubbles: true }));
        }

        function pick(input) {
          const files = new DataTransfer();
          files.items.add(new File(['the bytes'], `picked-${++picked}.txt`, { type: 'text/plain' }));
          input.files = files.files;
          input.dispatchEvent(new Event('change', { bubbles: true }));
        }

        async function pickFiles(body) {
          // A field for several files begins empty.
          body.querySelector('.json-schema-form-item-add')?.click();
          const inputs = await until('a field for a file', () => {
            const found = [...body.querySelectorAll('input[type=file]')];
            return found.length > 0 && found;
          });
          inputs.forEach(pick);
          await until('the picked file', () => inputs.every(input => input.files.length === 1));
        }

        async function run({ operation, mediaType, hasFile, path }) {
          const block = await find(document, `[id$="-${operation}"]`);
          (await find(block, '.opblock-summary-control')).click();
          (await find(block, '.try-out__btn:not(.cancel)')).click();
          const execute = await find(block, '.btn.execute');
          for (const [name, value] of Object.entries(path)) enter(await find(block, `tr[data-param-name="${name}"] input`), value);
          const body = await find(block, '.opblock-section-request-body');
          enter(await find(body, 'select'), mediaType);
          await until(mediaType, () => body.querySelector('select').value === mediaType);
          if (hasFile) await pickFiles(body);
          execute.click();
          const status = await find(block, '.live-responses-table tbody td.response-col_status');
          const shown = block.querySelector('.live-responses-table .response-col_description .highlight-code')?.textContent ?? '';
          for (const button of ['.btn-clear', '.try-out__btn.cancel', '.opblock-summary-control']) (await find(block, button)).click();
          await until('the end', () => !block.classList.contains('is-open'));
          return { status: parseInt(status.textContent), body: shown };
        }

        for (const it of OPERATIONS) {
          const answer = await run(it).catch(error => ({ status: 0, body: String(error) }));
          report.push({ operation: it.operation, mediaType: it.mediaType, ...answer });
        }
        await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
        </script>
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly WebApplication app;
    private readonly TaskCompletionSource<IReadOnlyList<TriedOperation>> report = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DocsPage(WebApplication app) => this.app = app;

    public string Address => $"{app.Urls.Single()}/docs/index.html";

    public Task<IReadOnlyList<TriedOperation>> Report => report.Task;

    /// <param name="service">With the token.</param>
    /// <param name="operations">To try, in this order.</param>
    public static DocsPage Start(HttpClient service, IEnumerable<OperationToTry> operations)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var page = new DocsPage(builder.Build());
        page.Serve(service, [.. operations.Select(it => it.Operation)], Script.Replace("OPERATIONS", JsonSerializer.Serialize(operations, Json), StringComparison.Ordinal));
        return page;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <summary>The operations that are tried: the page takes seconds for each click if it shows all others, too.</summary>
    private static JsonNode Keep(JsonNode document, HashSet<string> operations)
    {
        foreach (var (_, path) in document["paths"]!.AsObject())
        {
            foreach (var method in path!.AsObject().Where(it => it.Value is JsonObject value && value["operationId"] is { } id && !operations.Contains($"{id}")).ToList())
            {
                path.AsObject().Remove(method.Key);
            }
        }

        return document;
    }

    private void Serve(HttpClient service, HashSet<string> tried, string script)
    {
        app.MapPost("/report", async (HttpContext context) =>
            report.TrySetResult((await JsonSerializer.DeserializeAsync<IReadOnlyList<TriedOperation>>(context.Request.Body, Json))!));
        app.MapGet("/docs/index.html", async () =>
        {
            var page = await service.GetStringAsync(new Uri("/docs/index.html", UriKind.Relative));
            return Results.Content(page.Replace("</body>", $"{script}</body>", StringComparison.Ordinal), "text/html; charset=utf-8");
        });
        app.MapGet("/openapi/{name}.json", async (string name) =>
        {
            var document = JsonNode.Parse(await service.GetStringAsync(new Uri($"/openapi/{name}.json", UriKind.Relative)))!;
            return Results.Content(Keep(document, tried).ToJsonString(), "application/json");
        });
        app.MapFallback("{**path}", context => TokenProxy.Forward(context, service, $"{context.Request.Path}{context.Request.QueryString}"));
        app.Start();
    }
}

/// <param name="Operation">Its <c>operationId</c>.</param>
/// <param name="MediaType">The one to choose.</param>
/// <param name="HasFile">Whether to pick files.</param>
/// <param name="Path">The values of the path that are not those of the examples.</param>
internal sealed record OperationToTry(string Operation, string MediaType, bool HasFile, IReadOnlyDictionary<string, string> Path);

/// <param name="Operation">Its <c>operationId</c>.</param>
/// <param name="MediaType">The one that was chosen.</param>
/// <param name="Status">Of the response; 0 for none.</param>
/// <param name="Body">What the page shows of it.</param>
internal sealed record TriedOperation(string Operation, string MediaType, int Status, string Body);
