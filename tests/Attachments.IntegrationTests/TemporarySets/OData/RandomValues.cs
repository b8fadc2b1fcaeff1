using System.Text;

namespace Attachments.IntegrationTests.TemporarySets.OData;

/// <summary>Values that are likely to be equal, or nearly so, or at an edge.</summary>
internal sealed class RandomValues(Random random)
{
    // Pairs of cases, with what is only in one; marks, surrogate pairs and what sorts between the two; what SQL's LIKE gives a meaning.
    private static readonly string[] Characters =
    [
        "a", "A", "b", "B", "z", "é", "É", "e\u0301", "ß", "ẞ", "ﬁ", "σ", "Σ", "ς", "π", "Π", "İ", "ı", "I", "ж", "Ж", "ǆ", "ǅ", "Ǆ",
        "𐐀", "𐐨", "😀",
        "\uFF5E", "\uE000", "\uFFFD", "'", "\"", "%", "_", "\\", ".", " ", "\t", "\u00A0", "\u3000", "\u200B", "0", "中",
    ];

    private static readonly long[] Sizes =
        [0, 1, 2, 3, 10, 255, 1024, 23132, 122454, int.MaxValue, 1L + int.MaxValue, long.MaxValue - 1, long.MaxValue, 5368709120];

    private static readonly DateTimeOffset Noon = new(2015, 12, 16, 7, 40, 18, TimeSpan.Zero);

    public Random Random => random;

    public Guid Guid()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    public string Text()
    {
        var text = new StringBuilder();
        for (var left = random.Next(random.Next(2) == 0 ? 3 : 8); left > 0; left--)
        {
            text.Append(random.GetItems(Characters, 1)[0]);
        }

        return text.ToString();
    }

    public long Size() => random.Next(4) == 0 ? random.Next(200000) : random.GetItems(Sizes, 1)[0];

    /// <summary>Of whole microseconds, as the database keeps it.</summary>
    public DateTimeOffset Moment() => random.Next(6) switch
    {
        0 => Noon,
        1 => Noon.AddSeconds(random.Next(-3, 3)),
        2 => Noon.AddMicroseconds(random.Next(-3, 3)),
        3 => Noon.AddMilliseconds(random.Next(-3_000_000, 3_000_000)),
        4 => Noon.AddDays(random.Next(-2000, 2000)).AddSeconds(random.Next(86400)),
        _ => new DateTimeOffset(random.Next(1, 9999), 12, 31, 23, 59, 59, TimeSpan.Zero).AddMicroseconds(999_999),
    };
}
