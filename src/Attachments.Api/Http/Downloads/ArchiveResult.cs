using System.IO.Pipelines;
using Attachments.Application.Archives;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Domain.Content;

namespace Attachments.Api.Http.Downloads;

/// <summary>Serves an archive.</summary>
/// <param name="archive">The archive.</param>
/// <param name="family">Whose files are in it, for the metrics.</param>
internal sealed class ArchiveResult(Archive archive, FileFamily family)
    : DownloadResult(Describe(archive), $"archive of {archive.Layout.Count} files", family)
{
    public const string MediaType = "application/zip";

    protected override Task Send(ByteRange.Part part, PipeWriter destination, BlobReader reader, CancellationToken cancellationToken) =>
        reader.Send(archive.Layout.BlobIds, archive.Layout.GetSlices(part.First, part.Length), destination, cancellationToken);

    private static Downloadable Describe(Archive archive)
    {
        var layout = archive.Layout;
        return new Downloadable(layout.Sha256, layout.LatestStoredAt, layout.Length, FileName.FromStored(archive.FileName), MediaType);
    }
}
