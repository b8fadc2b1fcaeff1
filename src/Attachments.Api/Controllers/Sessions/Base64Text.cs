namespace Attachments.Api.Controllers.Sessions;

/// <summary>
/// Base64 as field devices send it: the alphabet of RFC 4648 section 4 or 5 (the seed's own sample,
/// <c>base-64-data-goes-here</c>, is of the latter), with or without padding, broken into lines or not.
/// </summary>
internal static class Base64Text
{
    /// <summary>The bytes, or null where <paramref name="text"/> is not base64.</summary>
    public static byte[]? Decode(string text)
    {
        var compact = text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : string.Concat(text.Split('\r', '\n'));
        if (compact.AsSpan().ContainsAny(' ', '\t'))
        {
            // The decoder would pass over it. It may be a plus sign that a form did not encode, and then other bytes would be stored.
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
