using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Attachments.Application.Paging;

/// <summary>
/// A place in a list as clients carry it: opaque, in characters that need no encoding. It holds the place itself and names no row, so it
/// stays good when what it was taken from is gone.
/// </summary>
internal static class CursorText
{
    public static string Encode(string place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(place));

    /// <summary>The place; null where there is no text, or one that <see cref="Encode"/> did not give.</summary>
    public static string? Decode(string? text)
    {
        if (text is null || !Base64Url.IsValid(text))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        return bytes is [_, ..] && Utf8.IsValid(bytes) && !bytes.Contains((byte)0) ? Encoding.UTF8.GetString(bytes) : null;
    }
}
