using System.Globalization;

namespace Attachments.Application.Sessions;

/// <summary>Unix seconds as text: digits, with a minus sign for what was before 1970.</summary>
internal static class UnixSeconds
{
    /// <summary>The seconds; null where there is no text, or one of another form.</summary>
    public static long? Parse(string? text) =>
        text is [not '+', ..] && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : null;
}
