using System.IO.Pipelines;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Http.Downloads;

/// <summary>Serves a stored file.</summary>
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
    public override Task ExecuteResultAsync(ActionContext context) => file.IsMissing
        ? throw new GoneException(BlobGoneException.Code, BlobGoneException.Detail)
        : base.ExecuteResultAsync(context);

    protected override Task Send(ByteRange.Part part, PipeWriter destination, BlobReader reader, CancellationToken cancellationToken) =>
        reader.Send(file, part.First, part.Length, destination, cancellationToken);
}
