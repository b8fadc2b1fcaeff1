using System.Text;

namespace Attachments.FunctionalTests.Hostile;

/// <summary>Multipart bodies (RFC 2046) on both sides of the border of their grammar.</summary>
internal static class HostileMultipart
{
    private static readonly string[] Boundaries = ["b b", new('b', 70), new('b', 71), "'()+_,-./:=?", "B", "\u00e4", "--b"];

    public static (string Type, byte[] Body) Make(Dice dice, params string[] usualDispositions)
    {
        var boundary = dice.Or(15, "b", () => dice.One(Boundaries));
        var end = dice.Chance(95) ? "\r\n" : "\n";
        using var body = new MemoryStream();
        void Write(string text) => body.Write(Encoding.UTF8.GetBytes(text));

        if (dice.Chance(5))
        {
            Write(dice.One(
            [
                "preamble\r\n", "\r\n", new string('p', 20_000) + "\r\n", "--\r\n", "--b", "--b \r\n", "\r\n--", "a: b\r\n\r\n",
                new string('\r', 70_000) + "\n", new string('p', (1 << 20) - dice.Number(2)) + "\r\n",
            ]));
        }

        var count = dice.Chance(3) ? 25 : 1 + dice.Number(4);
        for (var part = 0; part < count; part++)
        {
            Write($"--{boundary}{(dice.Chance(3) ? "  \t" : "")}{end}");
            var encoding = dice.Or(15, "", () => dice.One(Words.TransferEncodings));
            foreach (var line in Head(dice, usualDispositions).Append(encoding))
            {
                Write(line.Length == 0 ? "" : dice.Or(10, line, () => Folded(dice, line)) + end);
            }

            Write(end);
            body.Write(Encoded(dice, encoding, Content(dice)));
            Write(end);
        }

        if (dice.Chance(93))
        {
            Write($"--{boundary}--{(dice.Chance(80) ? end : "")}");
        }

        if (dice.Chance(5))
        {
            Write(
                dice.One(["epilogue", "\r\n--b\r\n\r\nx", new string('e', 20_000), "\r\n" + new string('e', (1 << 20) + dice.Number(2))]));
        }

        var type = dice.Or(20, "form-data", () => dice.One(["mixed", "related", "x", "form-data "]));
        var quoted = dice.Chance(30) || boundary.Contains(' ', StringComparison.Ordinal) ? $"\"{boundary}\"" : boundary;
        var charset = dice.Chance(5) ? $"; charset={dice.One(Words.Charsets)}" : "";
        var mediaType = dice.Or(4, $"multipart/{type}; boundary={quoted}{charset}", () => dice.One(Words.Types));
        var bytes = body.ToArray();
        return (mediaType, dice.Chance(20) ? dice.Mutated(bytes, Words.Pieces) : bytes);
    }

    public static byte[] Content(Dice dice) => dice.Number(40) switch
    {
        0 => dice.Bytes(300_000 + dice.Number(300_000)),
        < 5 => [],
        < 15 => Encoding.UTF8.GetBytes(dice.One(Words.Texts)),
        < 18 => Encoding.UTF8.GetBytes(HostileJson.Value(dice)),
        _ => dice.Bytes(dice.Number(2000)),
    };

    /// <summary>The same header over several lines, folded where it may be and where not.</summary>
    private static string Folded(Dice dice, string line) => dice.Number(5) switch
    {
        0 => dice.Mutated(line, ["\r\n ", "\r\n\t", "\r\n", "\n ", "\r ", "\r\n \r\n ", "\r\n\r\n"]),
        1 => "\r\n " + line,
        _ => line.Replace("; ", dice.One([";\r\n ", ";\r\n\t", " \r\n ;\r\n  ", ";\r\n \t \r\n "]), StringComparison.Ordinal),
    };

    /// <summary>As the header says it is, or nearly.</summary>
    private static byte[] Encoded(Dice dice, string header, byte[] content)
    {
        var encoded = header switch
        {
            Words.Base64 => Convert.ToBase64String(
                content, dice.Chance(80) ? Base64FormattingOptions.InsertLineBreaks : Base64FormattingOptions.None),
            Words.QuotedPrintable => string.Concat(content.Select((value, at) => at % 25 == 24 ? $"={value:X2}=\r\n" : $"={value:X2}")),
            _ => null,
        };
        return encoded is null ? content : dice.Chance(70) ? Encoding.ASCII.GetBytes(encoded) : dice.Mutated(
            Encoding.ASCII.GetBytes(encoded), Words.EncodedPieces);
    }

    private static IEnumerable<string> Head(Dice dice, string[] usual)
    {
        if (dice.Chance(96))
        {
            var disposition = dice.Or(50, dice.One(usual), () => dice.One(Words.Dispositions));
            yield return "Content-Disposition: " + dice.Or(25, disposition, () => dice.Mutated(disposition, Words.DispositionPieces));
        }

        if (dice.Chance(40))
        {
            yield return "Content-Type: " + dice.Or(
                60, "image/png", () => dice.Chance(40) ? $"text/plain; charset={dice.One(Words.Charsets)}" : dice.One(Words.Types));
        }

        if (dice.Chance(10))
        {
            yield return dice.One(["Content-MD5: ", "Content-Digest: ", "Repr-Digest: "]) + dice.One(Words.Digests);
        }

        if (dice.Chance(5))
        {
            yield return dice.One(
            [
                "Content-Transfer-Encoding: base64", "Content-Encoding: gzip", "\ta: continued", "a b: c", "Content-Length: 99999999999",
                "no colon", ": empty",
                " folded: a", "a:", "x: " + new string('y', 17_000), "Content-Disposition: form-data; name=again", "a\0b: c",
                "Content-Type: multipart/mixed; boundary=c",
            ]);
        }
    }
}
