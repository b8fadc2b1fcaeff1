using System.Globalization;
using Attachments.Api.Http.Fields;
using Attachments.Api.Http.Paths;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>
/// The pieces of a parameter that is continued (RFC 2231, sections 3 and 4.1), in any order: <c>filename*0*=UTF-8''%C3%A4</c>,
/// <c>filename*1=b.png</c>.
/// </summary>
/// <param name="parameter">Its name, without asterisks.</param>
internal sealed class ParameterSegments(string parameter)
{
    private readonly SortedDictionary<int, HeaderParameters.Parameter> segments = [];
    private bool broken;

    private bool AreWhole => !broken && segments.Keys.SequenceEqual(Enumerable.Range(0, segments.Count));

    /// <summary>False: it is no segment of this parameter.</summary>
    public bool TryAdd(HeaderParameters.Parameter sent)
    {
        var isSegment = sent.Name.StartsWith(parameter + "*", StringComparison.OrdinalIgnoreCase);
        if (isSegment)
        {
            broken |= ParseNumber(sent.Name.AsSpan(parameter.Length + 1)) is not { } number || !segments.TryAdd(number, sent);
        }

        return isSegment;
    }

    /// <summary>One text, null where the segments cannot be put together; none where there are no segments.</summary>
    public IEnumerable<string?> Texts() => segments.Count == 0 && !broken ? [] : [AreWhole ? Join() : null];

    private static int? ParseNumber(ReadOnlySpan<char> suffix)
    {
        var digits = suffix.TrimEnd('*');
        var isNumber = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && suffix.Length - digits.Length <= 1 && (digits.Length == 1 || digits[0] != '0') ? number : null;
    }

    // Only the first segment names the charset, for all that are encoded. A character may be split over two of them, a code not.
    private string? Join()
    {
        var encoded = segments.Values.Where(IsEncoded).ToList();
        return encoded.Count == 0 ? string.Concat(segments.Values.Select(segment => segment.Value))
            : IsEncoded(segments[0]) && encoded.TrueForAll(segment => PercentEncoding.TryDecode(segment.Value, out _))
            ? ExtendedText.Decode(string.Concat(segments.Values.Select(Encoded)))
            : null;
    }

    private static string Encoded(HeaderParameters.Parameter segment) =>
        IsEncoded(segment) ? segment.Value : segment.Value.Replace("%", "%25", StringComparison.Ordinal);

    private static bool IsEncoded(HeaderParameters.Parameter segment) => segment.Name.EndsWith('*');
}
