using System.IO.Pipelines;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;

namespace Attachments.Api.Http.Downloads;

/// <summary>Serves a preview of a stored file.</summary>
/// <param name="preview">The preview.</param>
/// <param name="sourceSha256">Of the file, which a link can be pinned to.</param>
/// <param name="family">Whose file it is, for the metrics.</param>
internal sealed class PreviewResult(StoredFile preview, byte[] sourceSha256, FileFamily family)
    : DownloadResult(Downloadable.FromPreview(preview, sourceSha256), preview.BlobId.ToString(), family)
{
    protected override Task Send(ByteRange.Part part, PipeWriter destination, BlobReader reader, CancellationToken cancellationToken) =>
        reader.Send(preview, part.First, part.Length, destination, cancellationToken);
}
