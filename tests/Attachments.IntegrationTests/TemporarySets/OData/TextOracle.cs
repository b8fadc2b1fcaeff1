using System.Globalization;
using System.Text;

namespace Attachments.IntegrationTests.TemporarySets.OData;

/// <summary>What the language's functions do to strings, by Unicode's own rules and without the database.</summary>
internal static class TextOracle
{
    public static readonly IComparer<string> ByCodePoint = Comparer<string>.Create((left, right) =>
    {
        var a = left.EnumerateRunes().ToList();
        var b = right.EnumerateRunes().ToList();
        var same = a.Zip(b).TakeWhile(pair => pair.First == pair.Second).Count();
        return same == a.Count || same == b.Count ? a.Count.CompareTo(b.Count) : a[same].CompareTo(b[same]);
    });

    public static int Length(string text) => text.EnumerateRunes().Count();

    public static bool Contains(string text, string part) => text.Contains(part, StringComparison.Ordinal);

    public static bool StartsWith(string text, string part) => text.StartsWith(part, StringComparison.Ordinal);

    public static bool EndsWith(string text, string part) => text.EndsWith(part, StringComparison.Ordinal);

    public static string Trim(string text) => text.Trim();

    public static string ToUpper(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.ToString() switch
    {
        // SpecialCasing.txt, and what .NET leaves alone because Turkish has other ideas.
        "ß" => "SS",
        "ﬁ" => "FI",
        "ı" => "I",
        _ => Rune.ToUpperInvariant(rune).ToString(),
    }));

    public static string ToLower(string text)
    {
        var runes = text.EnumerateRunes().ToList();
        return string.Concat(runes.Select((rune, i) => rune.ToString() switch
        {
            "İ" => "i\u0307",
            "Σ" => IsFinal(runes, i) ? "ς" : "σ",
            _ => Rune.ToLowerInvariant(rune).ToString(),
        }));
    }

    // Unicode, section 3.13, Final_Sigma.
    private static bool IsFinal(List<Rune> runes, int i) =>
        runes.Take(i).Reverse().SkipWhile(IsCaseIgnorable).Take(1).Any(IsCased)
        && !runes.Skip(i + 1).SkipWhile(IsCaseIgnorable).Take(1).Any(IsCased);

    private static bool IsCased(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsCaseIgnorable(Rune rune) => rune.Value is '\'' or '.' or ':'
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter;
}
