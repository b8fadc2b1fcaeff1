using System.Text.Json;
using Attachments.Api.Http.Documents;
using Attachments.Application.Paging;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Http.JsonApi;

/// <summary>
/// Answers with a list of resources, read in steps while it is sent, so that neither its length nor the client's slowness costs memory or
/// a connection to the database. A step that fails cuts the response off.
/// </summary>
/// <param name="read">Reads one step.</param>
/// <param name="write">Writes one resource, or nothing if it is gone.</param>
/// <param name="defaultSize">How many at most, where no page was asked for; null for all there are.</param>
/// <param name="nextPage">The address of the page of a size after a cursor.</param>
internal sealed class JsonApiListResult<T>(
    Func<PageRequest, CancellationToken, Task<Page<T>>> read,
    Func<Utf8JsonWriter, T, CancellationToken, ValueTask> write,
    int? defaultSize,
    Func<int, string, string> nextPage) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;

        // The first page is read before anything is sent, so that an error gets its own status.
        var page = await ReadFirst(http);
        var size = GetPageSize(http);
        http.Response.ContentType = JsonApiMediaType.Name;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        await using var json = await StreamedJson.Begin(http);
        var writer = json.Writer;
        writer.WriteStartObject();
        writer.WriteStartArray("data");
        await Send(page, json, http);
        while (size is null && page.Next is { } next)
        {
            page = await read(new PageRequest(PageRequest.MaxSize, next), http.RequestAborted);
            await Send(page, json, http);
        }

        writer.WriteEndArray();
        if (size is { } limit && page.Next is { } after)
        {
            writer.WriteStartObject("links");
            writer.WriteString("next", nextPage(limit, after));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        await json.Flush();
    }

    private async Task<Page<T>> ReadFirst(HttpContext http)
    {
        try
        {
            return await read(new PageRequest(GetPageSize(http) ?? PageRequest.MaxSize, GetQuery(http).PageAfter), http.RequestAborted);
        }
        catch (InvalidCursorException)
        {
            throw JsonApiQuery.Invalid(JsonApiQuery.AfterParameter, "is not a cursor from this list");
        }
    }

    private int? GetPageSize(HttpContext http)
    {
        var query = GetQuery(http);
        return query.IsPaged ? query.PageSize ?? PageRequest.DefaultSize : defaultSize;
    }

    private static JsonApiQuery GetQuery(HttpContext http) => http.Features.GetRequiredFeature<JsonApiQuery>();

    private async Task Send(Page<T> page, StreamedJson json, HttpContext http)
    {
        foreach (var item in page.Items)
        {
            await write(json.Writer, item, http.RequestAborted);
            await json.FlushIfNeeded();
        }
    }
}
