using System.Text;
using Attachments.Api.Http.Fields;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Paths;
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
    public const string Attachment = "attachment";

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
        return new PartDisposition(type, Text(parsed, type, "name"), Text(parsed, type, "filename"));
    }

    // RFC 6266, section 4.3: the extended parameter is preferred, and left aside where it cannot be used.
    private static string? Text(HeaderParameters parsed, string type, string parameter)
    {
        var extended = parsed.Find(parameter + "*");
        var text = extended is null ? null : FromExtended(extended.Value);
        if (text is { Length: > 0 })
        {
            return text;
        }

        if (parsed.Find(parameter) is { } plain)
        {
            return FromPlain(plain, type);
        }

        return extended is null || text is not null ? text : throw Invalid();
    }

    private static string FromPlain(HeaderParameters.Parameter parameter, string type) =>
        EncodedWords.Decode(type == FormData && parameter.Quoted ? FromBrowser(parameter.Value) : parameter.Value);

    // The three characters that a browser encodes in a form's names (HTML, "multipart/form-data encoding algorithm"). It leaves a '%'
    // as it is, so no others may be decoded.
    private static string FromBrowser(string value) =>
        value.Replace("%22", "\"", StringComparison.Ordinal)
            .Replace("%0D", "\r", StringComparison.Ordinal)
            .Replace("%0A", "\n", StringComparison.Ordinal);

    // RFC 8187, section 3.2.1: charset'language'percent-encoded. Null: not to be used.
    private static string? FromExtended(string value)
    {
        var pieces = value.Split('\'', 3);
        if (pieces.Length < 3)
        {
            return null;
        }

        return pieces[0].ToLowerInvariant() switch
        {
            "utf-8" => PercentEncoding.TryDecodeUtf8(pieces[2], out var text) ? text : null,
            "iso-8859-1" => PercentEncoding.TryDecode(pieces[2], out var bytes) ? Encoding.Latin1.GetString(bytes) : null,
            _ => null,
        };
    }

    private static InvalidRequestException Invalid() =>
        new("content_disposition_invalid", "A part has an invalid Content-Disposition header.");
}
