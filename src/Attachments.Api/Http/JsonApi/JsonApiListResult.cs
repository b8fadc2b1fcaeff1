using System.Text.Json;
using Attachments.Application.Common;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Http.JsonApi;

/// <summary>
/// Answers with a list of resources, read in steps while it is sent, so that neither its length nor the client's slowness costs memory or
/// a connection to the database. A step that fails cuts the response off.
/// </summary>
/// <param name="read">Reads one step: so many from a cursor on.</param>
/// <param name="write">Writes one resource.</param>
/// <param name="size">How many at most; null for all there are.</param>
/// <param name="after">The cursor to begin at; null for the beginning.</param>
internal sealed class JsonApiListResult<T>(
    Func<int, string?, CancellationToken, Task<Page<T>>> read, Action<Utf8JsonWriter, T> write, int? size, string? after) : IActionResult
{
    /// <summary>How much is written before the client has to take it, in bytes.</summary>
    private const int MaxUnflushed = 64 << 10;

    /// <summary>How many are read in one step.</summary>
    public required int Step { get; init; }

    /// <summary>The address of the page after a cursor; null for a list that names no next page.</summary>
    public Func<string, string>? NextPage { get; init; }

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;
        var left = size ?? int.MaxValue;

        // Before anything is sent, so that what is refused is refused with its own status.
        var page = await read(Math.Min(Step, left), after, http.RequestAborted);
        http.Response.ContentType = JsonApiMediaType.Name;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        await using var writer = new Utf8JsonWriter(http.Response.BodyWriter, JsonApiWriting.Options);
        writer.WriteStartObject();
        writer.WriteStartArray("data");
        await Send(page, writer, http);
        for (left -= page.Items.Count; page.Next is not null && left > 0; left -= page.Items.Count)
        {
            page = await read(Math.Min(Step, left), page.Next, http.RequestAborted);
            await Send(page, writer, http);
        }

        writer.WriteEndArray();
        WriteLinks(page.Next, writer);
        writer.WriteEndObject();
        await Flush(writer, http);
    }

    private async Task Send(Page<T> page, Utf8JsonWriter writer, HttpContext http)
    {
        foreach (var item in page.Items)
        {
            write(writer, item);
            if (http.Response.BodyWriter.UnflushedBytes + writer.BytesPending > MaxUnflushed)
            {
                await Flush(writer, http);
            }
        }

        if (page.Next is not null)
        {
            // The response has begun then, so that a step that fails cannot be answered as if nothing had been written.
            await Flush(writer, http);
        }
    }

    private static async Task Flush(Utf8JsonWriter writer, HttpContext http)
    {
        writer.Flush();
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private void WriteLinks(string? next, Utf8JsonWriter writer)
    {
        if (next is null || NextPage is null)
        {
            return;
        }

        writer.WriteStartObject("links");
        writer.WriteString("next", NextPage(next));
        writer.WriteEndObject();
    }
}
