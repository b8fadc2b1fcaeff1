using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Attachments.Application.Paging;

/// <summary>
/// Encodes a position in a list as an opaque text that needs no percent-encoding. It contains the position itself, not a row, so it stays
/// valid when the row is deleted.
/// </summary>
internal static class CursorText
{
    public static string Encode(string place) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(place));

    /// <summary>The position; null if the text is null or not from <see cref="Encode"/>.</summary>
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
