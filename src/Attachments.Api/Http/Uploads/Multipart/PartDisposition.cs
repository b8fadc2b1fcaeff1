using Attachments.Api.Http.Fields;
using Attachments.Api.Http.Media;
using Attachments.Application.Errors;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>The Content-Disposition of a part (RFC 2183, RFC 7578), with its names decoded.</summary>
/// <param name="Type">In lower case: <c>form-data</c>, <c>attachment</c>.</param>
/// <param name="Name">The name of the field; null when there is none.</param>
/// <param name="FileName">As the client sent it, not yet checked. Null: absent; empty: the part is no file.</param>
internal sealed record PartDisposition(string Type, string? Name, string? FileName)
{
    public const string FormData = "form-data";

    /// <summary>Null: the part has no such header.</summary>
    /// <exception cref="InvalidRequestException"><c>content_disposition_invalid</c></exception>
    public static PartDisposition? From(IDictionary<string, StringValues> headers)
    {
        if (!headers.TryGetValue(HeaderNames.ContentDisposition, out var lines) || lines.Count == 0)
        {
            return null;
        }

        if (lines.Count > 1 || HeaderParameters.Parse(lines.ToString()) is not { } parsed || !MediaTypes.IsToken(parsed.Value))
        {
            throw Invalid();
        }

        var type = parsed.Value.ToLowerInvariant();
        return new PartDisposition(type, Text(parsed, type, "name", "name*"), Text(parsed, type, "filename", "filename"));
    }

    /// <summary>
    /// Returns the first text that is present: extended (RFC 6266, section 4.3), continued (RFC 2231, section 3), plain. An invalid one is
    /// skipped only if another is valid: an invalid text is not the same as a missing one.
    /// </summary>
    /// <param name="parsed">The header.</param>
    /// <param name="type">That of the disposition.</param>
    /// <param name="parameter">Its name.</param>
    /// <param name="prefix">The prefix of the parameters that belong to it.</param>
    private static string? Text(HeaderParameters parsed, string type, string parameter, string prefix)
    {
        var segments = new ParameterSegments(parameter);
        var unknown = new List<string>(parsed.Bare);
        List<string?> extended = [], plain = [];
        foreach (var sent in parsed.Parameters)
        {
            if (sent.Name.Equals(parameter, StringComparison.OrdinalIgnoreCase))
            {
                plain.Add(FromPlain(sent, type));
            }
            else if (sent.Name.Equals(parameter + "*", StringComparison.OrdinalIgnoreCase))
            {
                extended.Add(ExtendedText.Decode(sent.Value));
            }
            else if (!segments.TryAdd(sent))
            {
                unknown.Add(sent.Name);
            }
        }

        List<string?> texts = [.. extended, .. segments.Texts(), .. plain];
        var isLost = texts.Contains(null) || unknown.Exists(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        return texts.Find(text => text is { Length: > 0 }) ?? (isLost ? throw Invalid() : texts.FirstOrDefault());
    }

    private static string FromPlain(HeaderParameters.Parameter parameter, string type) =>
        EncodedWords.Decode(type == FormData && parameter.Quoted ? FromBrowser(parameter.Value) : parameter.Value);

    // The three characters that a browser encodes in a form's names (HTML, "multipart/form-data encoding algorithm"). It leaves a '%'
    // as it is, so no others may be decoded.
    private static string FromBrowser(string value) =>
        value.Replace("%22", "\"", StringComparison.Ordinal)
            .Replace("%0D", "\r", StringComparison.Ordinal)
            .Replace("%0A", "\n", StringComparison.Ordinal);

    private static InvalidRequestException Invalid() =>
        new("content_disposition_invalid", "A part has an invalid Content-Disposition header.");
}
