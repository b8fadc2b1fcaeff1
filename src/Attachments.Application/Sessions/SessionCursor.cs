using System.Globalization;
using Attachments.Application.Paging;
using Attachments.Application.Text;

namespace Attachments.Application.Sessions;

/// <summary>A place in the list of a project's sessions.</summary>
internal sealed record SessionCursor(long Created, string Uuid)
{
    public override string ToString() => CursorText.Encode(string.Create(CultureInfo.InvariantCulture, $"{Created}:{Uuid}"));

    /// <summary>The place; null where there is no text or one that no list gave.</summary>
    public static SessionCursor? Parse(string? text) =>
        CursorText.Decode(text)?.Split(':', 2) is [var created, var uuid] && DecimalInteger.Parse(created) is { } seconds
            ? new SessionCursor(seconds, uuid)
            : null;
}
