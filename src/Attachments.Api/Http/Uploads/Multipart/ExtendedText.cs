using System.Text;
using System.Text.Unicode;
using Attachments.Api.Http.Paths;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>The value of a parameter that names its charset: <c>charset'language'percent-encoded</c> (RFC 8187, section 3.2.1).</summary>
internal static class ExtendedText
{
    /// <summary>Null: it is of another form, the charset is unknown, or the bytes are none of it.</summary>
    public static string? Decode(string value)
    {
        if (value.Split('\'', 3) is not [var charset, _, var encoded] || !PercentEncoding.TryDecode(encoded, out var bytes))
        {
            return null;
        }

        return charset.ToLowerInvariant() switch
        {
            "utf-8" or "us-ascii" => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null,
            "iso-8859-1" => Encoding.Latin1.GetString(bytes),
            _ => null,
        };
    }
}
