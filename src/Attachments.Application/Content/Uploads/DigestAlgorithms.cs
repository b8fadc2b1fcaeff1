namespace Attachments.Application.Content.Uploads;

/// <summary>The digests that are known here, by their names in the registry of RFC 9530, section 7.2.</summary>
public static class DigestAlgorithms
{
    public const string Md5 = "md5";
    public const string Sha256 = "sha-256";
    public const string Sha512 = "sha-512";
}
