using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Paths;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>The value of a parameter that names its charset: <c>charset'language'percent-encoded</c> (RFC 8187, section 3.2.1).</summary>
internal static class ExtendedText
{
    /// <summary>Null: it has another form, the charset is unknown, or the bytes are not valid in it.</summary>
    public static string? Decode(string value)
    {
        if (value.Split('\'', 3) is not [var charset, _, var encoded] || !PercentEncoding.TryDecode(encoded, out var bytes))
        {
            return null;
        }

        return Charset.Find(charset) is { } encoding && Charset.TryDecode(encoding, bytes, out var text) ? text : null;
    }
}
