namespace Attachments.Application.Content.Uploads;

/// <summary>
/// The digests that a client sent with some bytes, to be compared with those of what arrived
/// (RFC 9530, and RFC 1864 for Content-MD5). Null: not sent.
/// </summary>
/// <param name="Md5">16 bytes.</param>
/// <param name="Sha256">32 bytes.</param>
/// <param name="Sha512">64 bytes.</param>
public sealed record ExpectedDigests(byte[]? Md5 = null, byte[]? Sha256 = null, byte[]? Sha512 = null)
{
    public static readonly ExpectedDigests None = new();

    /// <summary>Those that the client sends behind the bytes; null: it cannot.</summary>
    public TrailingDigests? Trailing { get; init; }
}

/// <summary>Digests in the trailer section of a request (RFC 9110, section 6.5), known once its body has been read to its end.</summary>
/// <param name="Announced">The algorithms whose digests may come, by <see cref="DigestAlgorithms"/>.</param>
/// <param name="Read">Reads them, where the body has ended; refuses a trailer section that lacks what was announced.</param>
public sealed record TrailingDigests(IReadOnlyCollection<string> Announced, Func<ExpectedDigests> Read);

/// <summary>The digests that are known here, by their names in the registry of RFC 9530, section 7.2.</summary>
public static class DigestAlgorithms
{
    public const string Md5 = "md5";
    public const string Sha256 = "sha-256";
    public const string Sha512 = "sha-512";
}
