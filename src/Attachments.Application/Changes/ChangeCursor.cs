using System.Globalization;
using Attachments.Application.Paging;
using Attachments.Application.Text;

namespace Attachments.Application.Changes;

/// <summary>A place in the feed of a database: after the change of a position.</summary>
internal sealed record ChangeCursor(Guid Feed, long Position)
{
    /// <summary>Far from where adding to one would overflow.</summary>
    private const long MaxPosition = 1L << 62;

    public string Format() => CursorText.Encode(string.Create(CultureInfo.InvariantCulture, $"{Feed:N}.{Position}"));

    /// <summary>Null if the text is not from <see cref="Format"/>.</summary>
    public static ChangeCursor? Parse(string text) =>
        CursorText.Decode(text)?.Split('.') is [var feed, var position]
        && Guid.TryParseExact(feed, "N", out var id)
        && DecimalInteger.Parse(position) is >= 0 and <= MaxPosition and var number
            ? new ChangeCursor(id, number)
            : null;
}
