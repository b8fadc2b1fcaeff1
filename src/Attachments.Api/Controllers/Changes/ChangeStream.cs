using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Attachments.Api.Http.Media;
using Attachments.Application.Changes;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Controllers.Changes;

/// <summary>
/// Changes as server-sent events (HTML Standard, section 9.2), as they happen. No connection to the database is held while the client reads.
/// </summary>
/// <param name="mediator">Reads the next page.</param>
/// <param name="writer">Writes each change.</param>
/// <param name="request">For the first page.</param>
/// <param name="first">The first page, which was read before the response begins, so that it can be refused.</param>
internal sealed class ChangeStream(IMediator mediator, IChangeWriter writer, ReadChanges request, ChangePage first) : IActionResult
{
    public const string LastEventId = "Last-Event-ID";

    /// <summary>The most bytes that are written before the response is flushed.</summary>
    private const int MaxUnflushed = 16 << 10;

    /// <summary>After as long without a change the stream says that it is there: proxies end what is silent for half a minute or more.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>Whether <c>Accept</c> names the media type of such a stream, by its whole name and no less than a document's.</summary>
    public static bool IsAskedFor(HttpRequest request)
    {
        var ranges = request.GetTypedHeaders().Accept;
        return GetQuality(MediaTypes.EventStream) is > 0 and var quality && quality >= GetQuality(MediaTypes.Json);

        double GetQuality(string mediaType) => ranges
            .Where(range => range.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
            .Select(range => range.Quality ?? 1)
            .DefaultIfEmpty(0)
            .Max();
    }

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;
        http.Response.ContentType = MediaTypes.EventStream;
        // nginx would hold back what is there until there is more.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        var page = first;
        while (await Send(page, http.Response.BodyWriter, http.RequestAborted) && !request.Ending.IsCancellationRequested)
        {
            page = await mediator.Send(request with { After = page.Next, Wait = page.More ? TimeSpan.Zero : Silence }, http.RequestAborted);
        }
    }

    /// <returns>False: it ended in between.</returns>
    private async Task<bool> Send(ChangePage page, PipeWriter body, CancellationToken cancellationToken)
    {
        foreach (var placed in page.Changes)
        {
            Write(body, $"id: {placed.Cursor}\ndata: ");
            body.Write(writer.Write(placed.Change));
            Write(body, "\n\n");
            if (body.UnflushedBytes > MaxUnflushed)
            {
                await body.FlushAsync(cancellationToken);
                if (request.Ending.IsCancellationRequested)
                {
                    return false;
                }
            }
        }

        if (page.Changes.Count == 0)
        {
            // An event without data is none, but the client keeps its id.
            Write(body, $":\nid: {page.Next}\n\n");
        }

        await body.FlushAsync(cancellationToken);
        return true;
    }

    private static void Write(PipeWriter body, string text) => Encoding.UTF8.GetBytes(text, body);
}
