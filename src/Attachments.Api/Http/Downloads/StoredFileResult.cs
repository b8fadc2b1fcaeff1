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

/// <summary>Serves a stored file to GET and HEAD, with conditions and a range (RFC 9110, sections 13 and 14).</summary>
/// <param name="file">The file.</param>
/// <param name="mediaType">The type to serve it under; <c>application/octet-stream</c> instead of one that is not valid.</param>
/// <param name="mayBeInline"><c>?disposition=inline</c> is honoured, for types that cannot run script.</param>
/// <param name="family">Whose file it is, for the metrics.</param>
internal sealed class StoredFileResult(StoredFile file, string mediaType, bool mayBeInline, FileFamily family) : IActionResult
{
    /// <summary>Answers 200, 206 or 304.</summary>
    /// <exception cref="GoneException">
    /// <c>content_missing</c>: whatever the conditions are (RFC 9110, section 13.2.1); <c>content_replaced</c>, <c>link_used</c>,
    /// <c>link_revoked</c>: the signed link does not grant it any more.
    /// </exception>
    /// <exception cref="PreconditionFailedException"><c>precondition_failed</c>.</exception>
    /// <exception cref="RangeNotSatisfiableException"><c>range_not_satisfiable</c>.</exception>
    public async Task ExecuteResultAsync(ActionContext context)
    {
        if (file.IsMissing)
        {
            throw new GoneException(BlobGoneException.Code, BlobGoneException.Detail);
        }

        var http = context.HttpContext;
        var caller = http.Features.Get<Caller>();
        RequirePinned(caller?.Granted);
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var plan = new Download(http.Request, file, mediaType, mayBeInline, caller?.Granted, now).Plan();
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

    private async Task SendAndRecord(DownloadPlan plan, HttpContext http, Caller? caller)
    {
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        var started = time.GetTimestamp();
        var outcome = DownloadOutcome.Failed;
        try
        {
            if (plan.Body is { } part)
            {
                await Send(part, http);
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
            http.RequestServices.GetRequiredService<ContentMetrics>().RecordDownload(family, outcome, bytes, time.GetElapsedTime(started));
            var log = http.RequestServices.GetRequiredService<ILogger<StoredFileResult>>();
            DownloadLog.Write(log, file, bytes, caller, RequestTrace.GetId(http));
        }
    }

    /// <exception cref="GoneException"><c>content_replaced</c></exception>
    private void RequirePinned(GrantedRequest? granted)
    {
        if (granted?.Sha256 is { } pinned && pinned != Convert.ToHexStringLower(file.Sha256))
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

    private Task Send(ByteRange.Part part, HttpContext http)
    {
        // A failure after the headers are sent cuts the response off, so that no client takes a part for the whole.
        var reader = http.RequestServices.GetRequiredService<BlobReader>();
        return reader.Send(file, part.First, part.Length, http.Response.BodyWriter, http.RequestAborted);
    }
}
