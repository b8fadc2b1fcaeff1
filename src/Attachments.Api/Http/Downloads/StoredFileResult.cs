using System.IO.Pipelines;
using Attachments.Api.Http.Errors;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using Attachments.Application.Previews;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Http.Downloads;

/// <summary>Serves a stored file, or a preview of it if the query asks for one.</summary>
/// <param name="file">The file.</param>
/// <param name="mediaType">The type to serve it under; <c>application/octet-stream</c> instead of one that is not valid.</param>
/// <param name="mayBeInline"><c>?disposition=inline</c> is honoured, for types that cannot run script.</param>
/// <param name="family">Whose file it is, for the metrics.</param>
internal sealed class StoredFileResult(StoredFile file, string mediaType, bool mayBeInline, FileFamily family)
    : DownloadResult(Downloadable.From(file, mediaType, mayBeInline), file.BlobId.ToString(), family)
{
    /// <exception cref="GoneException">
    /// <c>content_missing</c>: whatever the conditions are (RFC 9110, section 13.2.1); and see <see cref="DownloadResult"/>.
    /// </exception>
    public override async Task ExecuteResultAsync(ActionContext context)
    {
        if (PreviewQuery.Find(context.HttpContext.Request) is { } preset)
        {
            await SendPreview(preset, context);
            return;
        }

        if (file.IsMissing)
        {
            throw new GoneException(BlobGoneException.Code, BlobGoneException.Detail);
        }

        await base.ExecuteResultAsync(context);
    }

    protected override Task Send(ByteRange.Part part, PipeWriter destination, BlobReader reader, CancellationToken cancellationToken) =>
        reader.Send(file, part.First, part.Length, destination, cancellationToken);

    private async Task SendPreview(string preset, ActionContext context)
    {
        var http = context.HttpContext;
        RequirePinned(http, file.Sha256);
        var request = new GetPreview(file, preset, WholeFile.IsWholeLikely(http.Request));
        IActionResult result;
        try
        {
            var preview = await http.RequestServices.GetRequiredService<IMediator>().Send(request, http.RequestAborted);
            result = new PreviewResult(preview, file.Sha256, Family);
        }
        catch (NoPreviewException none)
        {
            // A client may keep it, which the framework forbids for exceptions that reach it.
            result = new ProblemResult(Problems.For(none));
        }

        await result.ExecuteResultAsync(context);
    }
}
