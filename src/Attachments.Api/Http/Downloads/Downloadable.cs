using Attachments.Application.Conditional;
using Attachments.Application.Content.Downloads;
using Attachments.Domain.Content;

namespace Attachments.Api.Http.Downloads;

/// <summary>What is downloaded, apart from its bytes.</summary>
/// <param name="Sha256">32 bytes; in lower-case hex it is the entity tag.</param>
/// <param name="ModifiedAt">The Last-Modified date; null: there is none.</param>
/// <param name="Length">In bytes.</param>
/// <param name="FileName">The name that the response suggests.</param>
/// <param name="MediaType">The type to serve it under.</param>
internal sealed record Downloadable(byte[] Sha256, DateTimeOffset? ModifiedAt, long Length, FileName FileName, string MediaType)
{
    /// <summary>The wish of the client to show it in place counts, if its type is harmless.</summary>
    public bool MayBeInline { get; init; }

    /// <summary>The file whose digests may be asked for; null: it is none.</summary>
    public StoredFile? File { get; init; }

    /// <summary>It was made of the file: always shown in place, as a JPEG.</summary>
    public bool IsPreview { get; init; }

    /// <summary>What a link that is pinned to a content has to be pinned to.</summary>
    public byte[] PinnedSha256 { get; init; } = Sha256;

    public CurrentRepresentation Representation { get; } = new(EntityTag.FromDigest(Sha256), ModifiedAt);

    public static Downloadable From(StoredFile file, string mediaType, bool mayBeInline) =>
        new(file.Sha256, file.StoredAt, file.Length, file.FileName, mediaType) { MayBeInline = mayBeInline, File = file };

    /// <param name="preview">The preview.</param>
    /// <param name="sourceSha256">Of the file that it was made of.</param>
    public static Downloadable FromPreview(StoredFile preview, byte[] sourceSha256) =>
        From(preview, preview.MediaType, mayBeInline: true) with { IsPreview = true, PinnedSha256 = sourceSha256 };
}
