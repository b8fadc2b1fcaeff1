using System.IO.Pipelines;
using Attachments.Api.Http.Errors;
using Attachments.Api.Http.Logging;
using Attachments.Application.Access;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using Attachments.Application.Links;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Http.Downloads;

/// <summary>Serves a download to GET and HEAD, with conditions and a range (RFC 9110, sections 13 and 14).</summary>
/// <param name="content">What is downloaded.</param>
/// <param name="loggedAs">What the log calls it: no name that people gave it.</param>
/// <param name="family">Whose it is, for the metrics.</param>
internal abstract class DownloadResult(Downloadable content, string loggedAs, FileFamily family) : IActionResult
{
    /// <summary>Whose it is.</summary>
    protected FileFamily Family { get; } = family;

    /// <summary>Answers 200, 206 or 304.</summary>
    /// <exception cref="GoneException">
    /// <c>content_replaced</c>, <c>link_used</c>, <c>link_revoked</c>: the signed link does not grant it any more.
    /// </exception>
    /// <exception cref="PreconditionFailedException"><c>precondition_failed</c>.</exception>
    /// <exception cref="RangeNotSatisfiableException"><c>range_not_satisfiable</c>.</exception>
    public virtual async Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;
        var caller = http.Features.Get<Caller>();
        RequirePinned(http, content.PinnedSha256);
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var plan = new Download(http.Request, content, caller?.Granted, now).Plan();
        if (HttpMethods.IsHead(http.Request.Method) || plan.Status == StatusCodes.Status304NotModified)
        {
            WriteHead(plan, http.Response);
            return;
        }

        if (caller?.Granted?.LinkId is { } linkId)
        {
            var use = new UseLink(linkId, plan.IsFromStart);
            await http.RequestServices.GetRequiredService<IMediator>().Send(use, http.RequestAborted);
        }

        WriteHead(plan, http.Response);
        await SendAndRecord(plan, http, caller);
    }

    /// <summary>
    /// Sends a part of the bytes. A failure after the headers are sent cuts the response off, so that no client takes a part for the whole.
    /// </summary>
    protected abstract Task Send(ByteRange.Part part, PipeWriter destination, BlobReader reader, CancellationToken cancellationToken);

    private async Task SendAndRecord(DownloadPlan plan, HttpContext http, Caller? caller)
    {
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        var started = time.GetTimestamp();
        var outcome = DownloadOutcome.Failed;
        try
        {
            if (plan.Body is { } part)
            {
                await Send(part, http.Response.BodyWriter, http.RequestServices.GetRequiredService<BlobReader>(), http.RequestAborted);
            }

            outcome = plan.Status == StatusCodes.Status206PartialContent ? DownloadOutcome.Range : DownloadOutcome.Whole;
        }
        catch when (http.RequestAborted.IsCancellationRequested)
        {
            outcome = DownloadOutcome.Aborted;
            throw;
        }
        finally
        {
            var bytes = (http.Features.Get<IHttpResponseBodyFeature>() as CountingResponseBody)?.BytesWritten ?? plan.Body?.Length ?? 0;
            http.RequestServices.GetRequiredService<ContentMetrics>().RecordDownload(Family, outcome, bytes, time.GetElapsedTime(started));
            var log = http.RequestServices.GetRequiredService<ILogger<DownloadResult>>();
            DownloadLog.Write(log, loggedAs, content.Sha256, bytes, caller, RequestTrace.GetId(http));
        }
    }

    /// <exception cref="GoneException"><c>content_replaced</c>: the link is pinned to another content.</exception>
    protected static void RequirePinned(HttpContext http, byte[] sha256)
    {
        if (http.Features.Get<Caller>()?.Granted?.Sha256 is { } pinned && pinned != Convert.ToHexStringLower(sha256))
        {
            throw LinkErrors.Replaced();
        }
    }

    private static void WriteHead(DownloadPlan plan, HttpResponse response)
    {
        response.StatusCode = plan.Status;
        foreach (var (name, value) in plan.Headers)
        {
            response.Headers[name] = value;
        }
    }
}
