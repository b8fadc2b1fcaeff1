using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Attachments.Domain.Text;

/// <summary>
/// Unicode Normalization Form C (UAX #15). <see cref="string.Normalize(NormalizationForm)"/> needs the platform's ICU: with
/// <c>InvariantGlobalization</c> it returns its input, so that one name in two spellings would be two names. This gives the same
/// answer on every platform and every replica.
/// </summary>
internal static class Nfc
{
    // The first code point that a normalisation changes, or that one before it composes with.
    private const int FirstCombining = 0x300;

    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TrailCount;

    private static readonly FrozenDictionary<int, int[]> Decompositions = ReadMappings(NfcData.Composites)
        .Concat(ReadMappings(NfcData.Decompositions))
        .ToFrozenDictionary();

    private static readonly FrozenDictionary<(int First, int Second), int> Composites = ReadMappings(NfcData.Composites)
        .ToFrozenDictionary(mapping => (mapping.Value[0], mapping.Value[1]), mapping => mapping.Key);

    private static readonly FrozenDictionary<int, int> CombiningClasses = ReadClasses(NfcData.CombiningClasses).ToFrozenDictionary();

    /// <param name="text">Without lone surrogates.</param>
    public static string Normalize(string text) =>
        text.AsSpan().IndexOfAnyInRange((char)FirstCombining, char.MaxValue) < 0 ? text : Compose(Decompose(text));

    private static List<int> Decompose(string text)
    {
        var decomposed = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, decomposed);
        }

        OrderMarks(decomposed);
        return decomposed;
    }

    private static void Decompose(int codePoint, List<int> decomposed)
    {
        var syllable = codePoint - SyllableBase;
        if (syllable is >= 0 and < SyllableCount)
        {
            DecomposeSyllable(syllable, decomposed);
        }
        else if (Decompositions.TryGetValue(codePoint, out var parts))
        {
            foreach (var part in parts)
            {
                Decompose(part, decomposed);
            }
        }
        else
        {
            decomposed.Add(codePoint);
        }
    }

    private static void DecomposeSyllable(int syllable, List<int> decomposed)
    {
        decomposed.Add(LeadBase + syllable / (VowelCount * TrailCount));
        decomposed.Add(VowelBase + syllable % (VowelCount * TrailCount) / TrailCount);
        if (syllable % TrailCount != 0)
        {
            decomposed.Add(TrailBase + syllable % TrailCount);
        }
    }

    private static void OrderMarks(List<int> codePoints)
    {
        for (var start = 0; start < codePoints.Count; start++)
        {
            var end = start;
            while (end < codePoints.Count && ClassOf(codePoints[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                // OrderBy is stable, as the canonical ordering has to be.
                var ordered = codePoints.GetRange(start, end - start).OrderBy(ClassOf).ToList();
                for (var i = 0; i < ordered.Count; i++)
                {
                    codePoints[start + i] = ordered[i];
                }
            }

            start = end;
        }
    }

    private static string Compose(List<int> codePoints)
    {
        var composed = new List<int>(codePoints.Count);
        var starter = -1;
        var lastClass = 0;
        foreach (var codePoint in codePoints)
        {
            var combiningClass = ClassOf(codePoint);
            var blocked = starter < 0 || (composed.Count - 1 > starter && lastClass >= combiningClass);
            if (!blocked && TryCompose(composed[starter], codePoint, out var composite))
            {
                composed[starter] = composite;
                continue;
            }

            composed.Add(codePoint);
            lastClass = combiningClass;
            if (combiningClass == 0)
            {
                starter = composed.Count - 1;
            }
        }

        return ToText(composed);
    }

    private static bool TryCompose(int first, int second, out int composite)
    {
        var lead = first - LeadBase;
        var vowel = second - VowelBase;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            composite = SyllableBase + (lead * VowelCount + vowel) * TrailCount;
            return true;
        }

        var syllable = first - SyllableBase;
        var trail = second - TrailBase;
        if (syllable is >= 0 and < SyllableCount && syllable % TrailCount == 0 && trail is > 0 and < TrailCount)
        {
            composite = first + trail;
            return true;
        }

        return Composites.TryGetValue((first, second), out composite);
    }

    private static int ClassOf(int codePoint) => CombiningClasses.GetValueOrDefault(codePoint);

    private static string ToText(List<int> codePoints)
    {
        var text = new StringBuilder(codePoints.Count);
        foreach (var codePoint in codePoints)
        {
            text.Append(char.ConvertFromUtf32(codePoint));
        }

        return text.ToString();
    }

    private static IEnumerable<KeyValuePair<int, int[]>> ReadMappings(string data)
    {
        var codePoint = 0;
        foreach (var item in Items(data))
        {
            if (item.EndsWith(':'))
            {
                codePoint = Hex(item[..^1]);
            }
            else
            {
                yield return new(codePoint++, Array.ConvertAll(item.Split('+'), Hex));
            }
        }
    }

    private static IEnumerable<KeyValuePair<int, int>> ReadClasses(string data)
    {
        foreach (var item in Items(data))
        {
            var sides = item.Split('=');
            var range = Array.ConvertAll(sides[0].Split('-'), Hex);
            for (var codePoint = range[0]; codePoint <= range[^1]; codePoint++)
            {
                yield return new(codePoint, int.Parse(sides[1], CultureInfo.InvariantCulture));
            }
        }
    }

    private static string[] Items(string data) => data.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
