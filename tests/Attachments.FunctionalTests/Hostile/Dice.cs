namespace Attachments.FunctionalTests.Hostile;

/// <summary>Chance that can be repeated: the same for the same seed.</summary>
#pragma warning disable CA5394 // It is no secret.
internal sealed class Dice(int seed)
{
    private readonly Random random = new(seed);

    /// <param name="percent">How often it is true.</param>
    public bool Chance(int percent) => random.Next(100) < percent;

    /// <summary>From 0 to below <paramref name="end"/>.</summary>
    public int Number(int end) => random.Next(end);

    public T One<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    /// <summary>What is usual, and as often as <paramref name="percent"/> says something else.</summary>
    public string Or(int percent, string usual, Func<string> otherwise) => Chance(percent) ? otherwise() : usual;

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>As many as chance says, below <paramref name="end"/>.</summary>
    public IEnumerable<T> Some<T>(int end, Func<T> make) => Enumerable.Range(0, Number(end)).Select(_ => make()).ToList();

    /// <summary>A few pieces of a text replaced, added or taken away.</summary>
    public string Mutated(string text, IReadOnlyList<string> pieces)
    {
        for (var edits = 1 + Number(3); edits > 0; edits--)
        {
            var at = Number(text.Length + 1);
            var removed = Math.Min(Number(4), text.Length - at);
            text = text.Remove(at, removed).Insert(at, Chance(80) ? One(pieces) : "");
        }

        return text;
    }

    /// <summary>A few bytes changed, a piece put in, taken away, doubled, or the end cut off.</summary>
    public byte[] Mutated(byte[] bytes, IReadOnlyList<byte[]> pieces)
    {
        for (var edits = 1 + Number(3); edits > 0; edits--)
        {
            var at = Number(bytes.Length + 1);
            var count = Math.Min(Number(20), bytes.Length - at);
            bytes = Number(5) switch
            {
                0 => [.. bytes[..at], (byte)Number(256), .. bytes[Math.Min(at + 1, bytes.Length)..]],
                1 => [.. bytes[..at], .. One(pieces), .. bytes[at..]],
                2 => [.. bytes[..at], .. bytes[(at + count)..]],
                3 => [.. bytes[..(at + count)], .. bytes[at..]],
                _ => bytes[..at],
            };
        }

        return bytes;
    }
}
#pragma warning restore CA5394
