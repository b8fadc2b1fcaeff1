using Attachments.Application.Content.Uploads;

namespace Attachments.Application.Uploads;

/// <summary>Bytes that a request adds to an upload.</summary>
/// <param name="Content">A stream that is read once, from its start to its end.</param>
/// <param name="DeclaredLength">In bytes; null: unknown.</param>
/// <param name="Digests">The digests of these bytes that the client sent.</param>
/// <param name="Checksum">The checksum of tus; null: the client sent none.</param>
public sealed record IncomingChunk(Stream Content, long? DeclaredLength, ExpectedDigests Digests, ExpectedChecksum? Checksum)
{
    /// <summary>
    /// Whether the file ends with these bytes (<c>Upload-Complete</c> of RUFH). Null: it ends where its length is reached (tus).
    /// </summary>
    public bool? IsLast { get; init; }

    /// <summary>Whether the bytes count only once they have been compared: all of them, or none.</summary>
    public bool IsChecked =>
        Checksum is not null || Digests is not { Md5: null, Sha256: null, Sha512: null } || Digests.Trailing is { Announced.Count: > 0 };
}
