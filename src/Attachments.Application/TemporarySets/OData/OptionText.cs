using System.Globalization;
using System.Text;
using Attachments.Application.Common;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>A query option as it was sent, and how a fault in it is told.</summary>
/// <param name="Name"><c>$filter</c>.</param>
/// <param name="Text">Its value, percent-decoded.</param>
internal sealed record OptionText(string Name, string Text)
{
    private const string Code = "odata_invalid";
    private const int MaxShown = 40;

    /// <summary>The fault of an option as a whole.</summary>
    public static InvalidRequestException Invalid(string name, string fault) => Exception(name, fault);

    /// <summary>The fault at a place.</summary>
    /// <param name="offset">Of the UTF-16 code unit, from 0; told as the number of the Unicode character, from 1.</param>
    /// <param name="fault">In words, without a full stop.</param>
    public InvalidRequestException Invalid(int offset, string fault) => Exception(
        Name, string.Create(CultureInfo.InvariantCulture, $"character {CharactersBefore(offset) + 1}: {fault}"));

    /// <summary>What someone sent, for a message: in quotes, cut to a bearable length, without what does not print.</summary>
    public static string Quote(string text)
    {
        var shown = new StringBuilder("\"");
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (count++ == MaxShown)
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

    private static InvalidRequestException Exception(string name, string fault) =>
        new(Code, $"{name}, {fault}.", new Dictionary<string, string[]> { [name] = [fault] });

    private int CharactersBefore(int offset)
    {
        var characters = 0;
        foreach (var _ in Text.AsSpan(0, offset).EnumerateRunes())
        {
            characters++;
        }

        return characters;
    }
}
