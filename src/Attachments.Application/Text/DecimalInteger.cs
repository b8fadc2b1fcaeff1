using System.Globalization;

namespace Attachments.Application.Text;

/// <summary>Whole numbers as text: decimal digits, with a minus sign where they are negative, and nothing else.</summary>
public static class DecimalInteger
{
    /// <summary>The number; null where there is no text, one of another form, or one past 64 bits.</summary>
    public static long? Parse(string? text) =>
        text is [not '+', .., not '\0'] or [>= '0' and <= '9']
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
}
