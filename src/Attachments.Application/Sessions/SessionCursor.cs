using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Attachments.Application.Common;

namespace Attachments.Application.Sessions;

/// <summary>
/// A place in the list of a project's sessions, opaque to clients. It names no row, so it stays good when the session that it was
/// taken from is gone.
/// </summary>
internal sealed record SessionCursor(long Created, string Uuid)
{
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Created}:{Uuid}")));

    /// <summary>The place; null where there is no text or one that no list gave.</summary>
    public static SessionCursor? Parse(string? text)
    {
        if (text is null || !Base64Url.IsValid(text))
        {
            return null;
        }

        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(':', 2);
        return parts is [var created, var uuid]
            && !uuid.Contains('\0', StringComparison.Ordinal)
            && DecimalInteger.Parse(created) is { } seconds
            ? new SessionCursor(seconds, uuid)
            : null;
    }
}
