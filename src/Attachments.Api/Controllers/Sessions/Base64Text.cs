namespace Attachments.Api.Controllers.Sessions;

/// <summary>
/// Base64 as field devices send it: either alphabet of RFC 4648 (sections 4 and 5), with or without padding and line breaks. The sample of
/// the sessions API, <c>base-64-data-goes-here</c>, uses the URL-safe alphabet.
/// </summary>
internal static class Base64Text
{
    /// <summary>The bytes, or null where <paramref name="text"/> is not base64.</summary>
    public static byte[]? Decode(string text)
    {
        var compact = text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : string.Concat(text.Split('\r', '\n'));
        if (compact.AsSpan().ContainsAny(' ', '\t'))
        {
            // The decoder would skip it. It may be an unencoded plus sign of a form, and then other bytes would be stored.
            return null;
        }

        var digits = compact.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        var padding = compact.Length - digits.Length;
        var missing = (4 - (digits.Length % 4)) % 4;
        if (padding != 0 && padding != missing)
        {
            return null;
        }

        var bytes = new byte[digits.Length * 3 / 4];
        return Convert.TryFromBase64String(digits + new string('=', missing), bytes, out var length) && length == bytes.Length
            ? bytes
            : null;
    }
}
