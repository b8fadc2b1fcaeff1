using Attachments.Api.Http.Errors;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Http.Downloads;

/// <summary>Serves a stored file to GET and HEAD, with conditions and a range (RFC 9110, sections 13 and 14).</summary>
/// <param name="file">The file.</param>
/// <param name="mediaType">The type to serve it under; <c>application/octet-stream</c> instead of one that is not valid.</param>
/// <param name="mayBeInline"><c>?disposition=inline</c> is honoured, for types that cannot run script.</param>
internal sealed class StoredFileResult(StoredFile file, string mediaType, bool mayBeInline) : IActionResult
{
    /// <summary>Answers 200, 206 or 304.</summary>
    /// <exception cref="GoneException"><c>content_missing</c>: whatever the conditions are (RFC 9110, section 13.2.1).</exception>
    /// <exception cref="PreconditionFailedException"><c>precondition_failed</c>.</exception>
    /// <exception cref="RangeNotSatisfiableException"><c>range_not_satisfiable</c>.</exception>
    public async Task ExecuteResultAsync(ActionContext context)
    {
        if (file.IsMissing)
        {
            throw new GoneException(BlobGoneException.Code, BlobGoneException.Detail);
        }

        var http = context.HttpContext;
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var plan = new Download(http.Request, file, mediaType, mayBeInline, now).Plan();
        WriteHead(plan, http.Response);
        if (plan.Body is { } part)
        {
            await Send(part, http);
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
