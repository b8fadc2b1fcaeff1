using System.Globalization;
using System.Text;

namespace Attachments.Application.Text;

/// <summary>Formats text from a request for an error message.</summary>
public static class Quoted
{
    private const int MaxCharacters = 40;

    /// <summary>The text in quotation marks, cut after <see cref="MaxCharacters"/>, without what does not print.</summary>
    public static string Format(string text)
    {
        var shown = new StringBuilder("\"");
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (count++ == MaxCharacters)
            {
                shown.Append('…');
                break;
            }

            shown.Append(IsPrintable(rune) ? rune.ToString() : "\uFFFD");
        }

        return shown.Append('"').ToString();
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
}
