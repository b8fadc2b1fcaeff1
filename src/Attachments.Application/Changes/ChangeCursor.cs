using System.Globalization;
using Attachments.Application.Errors;
using Attachments.Application.Paging;
using Attachments.Application.Text;
using Attachments.Domain.Changes;

namespace Attachments.Application.Changes;

/// <summary>A place in the feed of a database: after the change of a position.</summary>
internal sealed record ChangeCursor(Guid Feed, long Position)
{
    /// <summary>Far from where adding to one would overflow.</summary>
    private const long MaxPosition = 1L << 62;

    public string Format() => CursorText.Encode(string.Create(CultureInfo.InvariantCulture, $"{Feed:N}.{Position}"));

    /// <exception cref="InvalidRequestException"><c>cursor_invalid</c>: the text is not from <see cref="Format"/>.</exception>
    public static ChangeCursor Parse(string text) =>
        CursorText.Decode(text)?.Split('.') is [var feed, var position]
        && Guid.TryParseExact(feed, "N", out var id)
        && DecimalInteger.Parse(position) is >= 0 and <= MaxPosition and var number
            ? new ChangeCursor(id, number)
            : throw ChangeErrors.CursorInvalid();

    /// <summary>One exactly at the edge of what is kept is valid.</summary>
    /// <exception cref="GoneException"><c>cursor_expired</c>: what follows it is not in the feed, or not any longer.</exception>
    public void RequireIn(Feed feed)
    {
        if (Feed != feed.Id || Position < feed.ExpiredPosition || Position > feed.LastPosition)
        {
            throw ChangeErrors.CursorExpired();
        }
    }
}
