using Attachments.Api.Http.Fields;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Content.Uploads;
using Microsoft.Extensions.Primitives;

namespace Attachments.Api.Http.Downloads;

/// <summary>The Repr-Digest field of a download, by the wish in Want-Repr-Digest (RFC 9530, sections 3 and 4).</summary>
internal static class ReprDigest
{
    private const int MaxWeight = 10;

    /// <summary>
    /// One digest of the whole file, even if only a part is sent: the most wanted algorithm, the strongest among equals, or SHA-256 if none
    /// is wanted.
    /// </summary>
    /// <param name="want">
    /// The lines of Want-Repr-Digest. A weight that is no integer from 0 to 10 is as good as none, and so is all of a field that cannot
    /// be read.
    /// </param>
    /// <param name="file">The file.</param>
    /// <returns>Null: SHA-256 is ruled out by a weight of 0, and nothing that is known is wanted instead.</returns>
    public static string? Select(StringValues want, StoredFile file)
    {
        if (StringValues.IsNullOrEmpty(want))
        {
            return Format(DigestAlgorithms.Sha256, file.Sha256);
        }

        var weights = Weights(want);
        return Known(file).MaxBy(known => weights.GetValueOrDefault(known.Algorithm)) is var (algorithm, digest)
            && weights.GetValueOrDefault(algorithm) > 0
                ? Format(algorithm, digest)
                : weights.ContainsKey(DigestAlgorithms.Sha256) ? null : Format(DigestAlgorithms.Sha256, file.Sha256);
    }

    /// <summary>The strongest first.</summary>
    private static IEnumerable<(string Algorithm, byte[] Digest)> Known(StoredFile file)
    {
        if (file.Sha512 is { } sha512)
        {
            yield return (DigestAlgorithms.Sha512, sha512);
        }

        yield return (DigestAlgorithms.Sha256, file.Sha256);
        yield return (DigestAlgorithms.Md5, file.Md5);
    }

    private static Dictionary<string, long> Weights(StringValues want) =>
        (StructuredField.ParseDictionary(FieldValue.Combine(want) ?? "") ?? [])
            .Where(member => member.Value.Integer is >= 0 and <= MaxWeight)
            .ToDictionary(member => member.Key, member => member.Value.Integer!.Value);

    /// <summary>A field of one digest.</summary>
    public static string Format(string algorithm, byte[] digest) => $"{algorithm}=:{Convert.ToBase64String(digest)}:";
}
