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
}
