using System.Globalization;
using System.Text;

namespace Attachments.FunctionalTests.Hostile;

/// <summary>Makes the requests of a run, of every family and of every kind that is read by hand, each from its number alone.</summary>
/// <param name="seed">The run's.</param>
/// <param name="kept">The targets of files that are there, and only to be read.</param>
internal sealed class HostileRequests(int seed, IReadOnlyList<string> kept)
{
    private static readonly string[] Sets = [.. Enumerable.Range(1, 3).Select(set => $"00000000-0000-4000-8000-00000000000{set}")];
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];
    private static readonly string[] Shown = ["inline", "INLINE", "", "%00", "attachment", "inline&disposition=x", "%"];
    private static readonly string[] Options = ["$top", "$skip", "$take", "$inlinecount", "$count", "$select", "$", "x", "%24top", "$TOP"];
    private static readonly string[] Base64 = ["AAAA", "AA==", "AA", "A", "=", "!!!!", "AA==AA==", "A A\r\nAA", new('A', 8000)];

    private static readonly string[] Templates =
    [
        "/api/v1/project/{}/sessions", "/api/v1/project/{}/sessions/{}", "/api/v1/project/{}/sessions/{}/attachments",
        "/api/v1/project/{}/sessions/{}/attachments/{}", "/api/records/{}", "/api/records/{}/{}", "/api/records/{}/{}/attachments",
        "/api/records/{}/{}/attachments/content/{}", "/api/records/{}/{}/attachments/content/{}/{}", "/api/records/{}/{}/attachments/{}",
        "/api/records/{}/{}/attachments/{}/{}", "/api/temporaryattachmentset/{}", "/api/temporaryattachmentset/{}/attachment/{}",
        "/api/attachment/{}/contents", "/api/temporaryattachmentset/{}/claim", "/v1/attachments/{}", "/attachments/{}",
        "/v1/uploaded-file/attachment_{}/{}", "/v1/uploaded-file/{}/{}", "/{}", "/docs/{}", "/openapi/{}", "/health/{}",
    ];

    private static readonly Func<Dice, HostileRequests, HostileRequest>[] Kinds =
    [
        (dice, _) => SessionJson(dice),
        (dice, _) => SessionForm(dice),
        (dice, _) => SessionMultipart(dice),
        (dice, _) => PointFile(dice),
        (dice, _) => RecordDocument(dice),
        (dice, _) => RecordFile(dice),
        (dice, _) => SetUpload(dice),
        (dice, _) => Claim(dice),
        (dice, _) => OwnedCreate(dice),
        (dice, _) => OwnedChange(dice),
        (dice, requests) => Download(dice, requests.Kept),
        (dice, requests) => Download(dice, requests.Kept),
        (dice, _) => Filter(dice),
        (dice, _) => List(dice),
        (dice, _) => Route(dice),
        (dice, _) => Route(dice),
        (dice, _) => Read(dice),
        (dice, _) => Removal(dice),
    ];

    private IReadOnlyList<string> Kept => kept;

    /// <param name="number">Which of them; the same request for the same seed and number.</param>
    public HostileRequest Make(int number)
    {
        var dice = new Dice(HashCode(seed, number));
        return dice.One(Kinds)(dice, this);
    }

    // The framework's own differs from one process to the next.
    private static int HashCode(int seed, int number) => unchecked((seed * 486_187_739) + (number * 16_777_619));

    private static HostileRequest SessionJson(Dice dice)
    {
        var points = dice.Some(5, () => (HostileJson.Text(dice), dice.Or(40, "\"v\"", () => PointJson(dice)))).ToArray();
        var session = HostileJson.Object(
            dice,
            ("uuid", $"\"{Session(dice)}\""),
            ("unit_id", "\"u\""),
            ("created", "100"),
            ("saved", "200"),
            ("data", HostileJson.Object(points)));
        var text = dice.Or(3, HostileJson.Object(dice, ("session", session)), () => HostileJson.Value(dice));
        return Sessions(dice, "session json", "application/json", Bytes(dice, text));
    }

    private static string PointJson(Dice dice) => dice.Chance(50)
        ? HostileJson.Value(dice)
        : HostileJson.Object(dice, ("rawData", $"\"{dice.One(Base64).Replace("\r\n", "\\r\\n", StringComparison.Ordinal)}\""));

    private static HostileRequest SessionForm(Dice dice) => Sessions(dice, "session form", FormMediaType(dice), Form(dice));

    private static string FormMediaType(Dice dice) =>
        "application/x-www-form-urlencoded" + (dice.Chance(20) ? $"; charset={dice.One(Words.Charsets)}" : "");

    private static byte[] Form(Dice dice)
    {
        var fields = new List<string>();
        if (dice.Chance(10))
        {
            fields.Add(dice.One(["", "=", "flag", $"_charset_={dice.One(Words.Charsets)}"]));
        }

        if (dice.Chance(80))
        {
            fields.AddRange([$"session[uuid]={Session(dice)}", "session[unit_id]=u"]);
        }

        fields.AddRange(dice.Some(8, () =>
            $"{Encoded(dice, dice.Or(10, dice.One(Words.Fields), () => $"session[data][{dice.One(Words.Texts)}]"))}"
            + (dice.Chance(85) ? "=" : "") + Encoded(dice, dice.Chance(70) ? dice.One(Words.Texts) : dice.One(Base64))));
        return Bytes(dice, string.Join(dice.Or(3, "&", () => dice.One([";", "&&", "\n", "=", "&&&&"])), fields));
    }

    private static string Encoded(Dice dice, string text) => dice.Number(4) switch
    {
        0 => text,
        1 => dice.Mutated(Percent(text), ["%", "%00", "%zz", "+", "%ed%a0%80", "%c0%80", "%E9", "&", "&&", "="]),
        _ => Percent(text),
    };

    private static string Percent(string text) => Uri.EscapeDataString(text);

    private static HostileRequest SessionMultipart(Dice dice)
    {
        var (type, body) = HostileMultipart.Make(
            dice,
            "form-data; name=\"session[unit_id]\"",
            "form-data; name=\"session[data][p]\"; filename=\"a.png\"",
            "form-data; name=\"session[uuid]\"");
        return Sessions(dice, "session multipart", type, body);
    }

    private static HostileRequest Sessions(Dice dice, string kind, string type, byte[] body) => dice.Chance(60)
        ? With(dice, kind, "POST", "/api/v1/project/7/sessions", type, body)
        : With(dice, kind, "PUT", $"/api/v1/project/7/sessions/{Session(dice)}", type, body);

    private static HostileRequest PointFile(Dice dice)
    {
        var query = dice.Chance(30) ? $"?filename={Encoded(dice, dice.One(Words.Texts))}" : "";
        var point = dice.Or(20, "p", () => Percent(dice.One(Words.Texts)));
        var target = $"/api/v1/project/7/sessions/{Session(dice)}/attachments/{point}{query}";
        if (dice.Chance(50))
        {
            var raw = dice.Or(10, "application/octet-stream", () => Type(dice));
            return With(dice, "point file", "PUT", target, raw, HostileMultipart.Content(dice));
        }

        var (type, body) = HostileMultipart.Make(dice, "form-data; name=\"attachment\"; filename=\"photo.png\"");
        return With(dice, "point form", "PUT", target, type, body);
    }

    private static HostileRequest RecordDocument(Dice dice)
    {
        var (form, id) = (FormType(dice), Record(dice));
        var attributes = HostileJson.Object([.. dice.Some(5, () => (HostileJson.Text(dice), HostileJson.Value(dice)))]);
        var data = HostileJson.Object(
            dice,
            ("type", "\"record\""),
            ("id", dice.Or(20, $"\"{form}/{id}\"", () => HostileJson.Text(dice))),
            ("attributes", attributes));
        var text = HostileJson.Object(dice, ("data", data));
        var method = dice.One(["POST", "PUT", "PATCH"]);
        var type = dice.Or(10, dice.One(["application/vnd.api+json", "application/json"]), () => Type(dice));
        return With(dice, "record document", method, $"/api/records/{form}{(method == "POST" ? "" : $"/{id}")}", type, Bytes(dice, text));
    }

    private static HostileRequest RecordFile(Dice dice)
    {
        var name = string.Join('/', dice.Some(3, () => dice.Or(40, "a", () => Percent(dice.One(Words.Texts)))).Append("f"));
        var target = $"/api/records/{FormType(dice)}/{Record(dice)}/attachments/content/{name}";
        return With(dice, "record file", "POST", target, Type(dice), HostileMultipart.Content(dice));
    }

    private static HostileRequest SetUpload(Dice dice)
    {
        var (type, body) = HostileMultipart.Make(dice, "attachment; name=n; filename=f.txt", "form-data; name=\"n\"; filename=\"f.txt\"");
        return With(dice, "set upload", "POST", $"/api/temporaryattachmentset/{dice.One(Sets)}", type, body);
    }

    private static HostileRequest Claim(Dice dice)
    {
        var session = HostileJson.Object(
            dice, ("ProjectId", "7"), ("Uuid", $"\"{Session(dice)}\""), ("Points", dice.Or(50, "{}", () => HostileJson.Value(dice))));
        var record = HostileJson.Object(
            dice, ("FormType", $"\"{FormType(dice)}\""), ("Id", $"\"{Record(dice)}\""), ("Folder", HostileJson.Text(dice)));
        var owned = HostileJson.Object(dice, ("OwnedByOrg", dice.One(Words.Numbers)));
        var target = dice.One([("Session", session), ("Record", record), ("Owned", owned)]);
        var body = Bytes(dice, HostileJson.Object(dice, target));
        var type = dice.Or(5, "application/json", () => Type(dice));
        return With(dice, "claim", "POST", $"/api/temporaryattachmentset/{dice.One(Sets)}/claim", type, body);
    }

    private static HostileRequest OwnedCreate(Dice dice)
    {
        var (type, body) = HostileMultipart.Make(
            dice,
            "form-data; name=\"file\"; filename=\"photo.png\"",
            "form-data; name=\"description\"",
            "form-data; name=\"sequence_map_for\"");
        return With(dice, "owned create", "POST", dice.One(["/v1/attachments", "/attachments/"]), type, body);
    }

    private static HostileRequest OwnedChange(Dice dice)
    {
        var method = dice.One(["PUT", "PATCH"]);
        var target = $"/v1/attachments/{1 + dice.Number(30)}";
        switch (dice.Number(3))
        {
            case 0:
                var json = HostileJson.Object(
                    dice,
                    ("filename", HostileJson.Text(dice)),
                    ("description", HostileJson.Text(dice)),
                    ("sequence_map_for", HostileJson.Value(dice)),
                    ("owned_by_org", dice.One(Words.Numbers)));
                return With(dice, "owned json", method, target, "application/json", Bytes(dice, json));
            case 1:
                return With(dice, "owned form", method, target, FormMediaType(dice), Form(dice));
            default:
                var (type, body) = HostileMultipart.Make(
                    dice, "form-data; name=\"file\"; filename=\"photo.png\"", "form-data; name=\"filename\"");
                return With(dice, "owned multipart", method, target, type, body);
        }
    }

    private static HostileRequest Download(Dice dice, IReadOnlyList<string> kept)
    {
        var fields = new List<(string, string)>();
        if (dice.Chance(70))
        {
            fields.Add(("Range", Near(dice, Words.Ranges, Words.RangePieces)));
        }

        fields.AddRange(Conditions(dice));
        var query = dice.Chance(30) ? $"?disposition={dice.One(Shown)}" : "";
        return Framed(dice, "download", dice.Chance(80) ? "GET" : "HEAD", dice.One(kept) + query, fields, null);
    }

    private static HostileRequest Filter(Dice dice)
    {
        var options = new List<string>();
        if (dice.Chance(80))
        {
            options.Add("$filter=" + Escaped(dice, FilterText(dice)));
        }

        if (dice.Chance(40))
        {
            options.Add("$orderby=" + Escaped(dice, Near(dice, Words.Orders, Words.FilterPieces)));
        }

        options.AddRange(dice.Some(4, () =>
            $"{dice.One(Options)}={Escaped(dice, dice.Or(40, "1", () => dice.One(Words.Texts)))}"));
        return Framed(dice, "filter", "GET", $"/api/temporaryattachmentset/{dice.One(Sets)}?{string.Join('&', options)}", [], null);
    }

    private static string FilterText(Dice dice) => dice.Number(30) switch
    {
        0 => new string('(', dice.One([10, 100, 1000, 5000])) + "true" + new string(')', dice.One([10, 100, 1000])),
        1 => string.Join(dice.One([" and ", " or "]), Enumerable.Repeat("Size gt 1", dice.One([5, 50, 500]))),
        2 => string.Concat(Enumerable.Repeat("not ", dice.One([5, 100, 1000]))) + "true",
        3 => $"Size in ({string.Join(',', Enumerable.Range(0, dice.One([10, 1000])))})",
        4 => string.Concat(Enumerable.Repeat("trim(", 200)) + "Name" + new string(')', 200) + " eq 'a'",
        5 => $"{dice.One(["Name", "Size", "CreatedAt", "Id", "ContentType"])} {dice.One(["eq", "lt", "in"])} {dice.One(Words.Numbers)}",
        6 => $"contains(Name, '{dice.One(Words.Texts).Replace("'", "''", StringComparison.Ordinal)}')",
        _ => Near(dice, Words.Filters, Words.FilterPieces),
    };

    private static HostileRequest List(Dice dice)
    {
        var ofRecords = dice.Chance(50);
        string[] names = ofRecords
            ?
            [
                "page[size]", "page[after]", "page%5Bsize%5D", "page[number]", "page", "sort", "filter[a]", "fields[record]", "x",
                "Page[size]",
            ]
            : ["limit", "offset", "after", "filename", "owned_by_org", "owned_by_user"];
        var values = () => Escaped(dice, dice.Or(50, dice.One(["1", "1000", "0", "-1"]), () => dice.One(Words.Texts)));
        var query = string.Join('&', dice.Some(4, () => $"{dice.One(names)}{dice.Or(3, "=", () => "")}{values()}"));
        var target = ofRecords
            ? dice.One([$"/api/records/{FormType(dice)}", $"/api/records/{FormType(dice)}/{Record(dice)}/attachments"])
            : dice.One(["/v1/attachments", "/api/v1/project/7/sessions"]);
        var accept = dice.Chance(30) ? [("Accept", Near(dice, Words.Types, Words.TypePieces))] : Array.Empty<(string, string)>();
        return Framed(dice, "list", "GET", $"{target}?{query}", accept, null);
    }

    private static HostileRequest Route(Dice dice)
    {
        var target = string.Concat(dice.One(Templates).Split("{}").SelectMany((literal, at) =>
            at == 0
                ? [literal]
                : new[] { dice.Or(60, dice.One(["7", "s1", "1", "F", Sets[0]]), () => dice.One(Words.Segments)), literal }));
        if (dice.Chance(15))
        {
            target = dice.Mutated(target, Words.Segments);
        }

        if (!target.StartsWith('/'))
        {
            target = $"/{target}";
        }

        var method = dice.One(Methods);
        return dice.Chance(30) && method is "POST" or "PUT" or "PATCH"
            ? With(dice, "route", method, target, Type(dice), HostileMultipart.Content(dice))
            : Framed(dice, "route", method, target, [], null);
    }

    private static HostileRequest Read(Dice dice)
    {
        var target = dice.One(
        [
            $"/api/v1/project/7/sessions/{Session(dice)}", $"/api/v1/project/7/sessions/{Session(dice)}/attachments",
            $"/api/v1/project/7/sessions/{Session(dice)}/attachments/p", $"/api/records/{FormType(dice)}/{Record(dice)}",
            $"/api/records/{FormType(dice)}/{Record(dice)}/attachments",
            $"/api/records/{FormType(dice)}/{Record(dice)}/attachments/content/f",
            $"/api/temporaryattachmentset/{dice.One(Sets)}", $"/v1/attachments/{1 + dice.Number(30)}", "/v1/attachments?limit=20",
        ]);
        return Framed(dice, "read", "GET", target, [.. Conditions(dice)], null);
    }

    private static HostileRequest Removal(Dice dice)
    {
        var target = dice.One(
        [
            $"/api/v1/project/7/sessions/{Session(dice)}", $"/api/v1/project/7/sessions/{Session(dice)}/attachments/p",
            $"/api/records/{FormType(dice)}/{Record(dice)}", $"/api/records/{FormType(dice)}/{Record(dice)}/attachments/f",
            $"/api/temporaryattachmentset/{dice.One(Sets)}", $"/v1/attachments/{1 + dice.Number(30)}",
            $"/v1/attachments/{1 + dice.Number(30)}?content_only={dice.One(["true", "1", "", "%00", "false"])}",
        ]);
        return Framed(dice, "removal", "DELETE", target, [.. Conditions(dice)], null);
    }

    private static IEnumerable<(string Name, string Value)> Conditions(Dice dice) => dice.Some(3, () => dice.Number(5) switch
    {
        0 => ("If-Match", Near(dice, Words.Tags, Words.TagPieces)),
        1 => ("If-None-Match", Near(dice, Words.Tags, Words.TagPieces)),
        2 => ("If-Range", dice.Chance(50) ? Near(dice, Words.Tags, Words.TagPieces) : Near(dice, Words.Dates, Words.DatePieces)),
        3 => ("If-Modified-Since", Near(dice, Words.Dates, Words.DatePieces)),
        _ => ("If-Unmodified-Since", Near(dice, Words.Dates, Words.DatePieces)),
    });

    private static HostileRequest With(Dice dice, string kind, string method, string target, string type, byte[] body)
    {
        var fields = new List<(string Name, string Value)> { ("Content-Type", type) };
        if (dice.Chance(15))
        {
            fields.Add((dice.One(["Content-MD5", "Content-Digest", "Repr-Digest"]), Near(dice, Words.Digests, Words.DigestPieces)));
        }

        if (dice.Chance(10))
        {
            fields.AddRange(Conditions(dice));
        }

        if (dice.Chance(5))
        {
            fields.Add(dice.One(
            [
                ("Content-Encoding", "gzip"), ("Content-Encoding", "identity, br"), ("Content-Range", "bytes 0-1/2"),
                ("Expect", "100-continue"), ("Expect", "x"), ("Accept", "application/vnd.api+json; x=1"),
                ("X-HTTP-Method-Override", "DELETE"), ("traceparent", "00-zz-zz-00"), ("Origin", "null"),
            ]));
        }

        return Framed(dice, kind, method, target, fields, body);
    }

    /// <summary>With a length, in chunks, or with one that is not true.</summary>
    private static HostileRequest Framed(
        Dice dice, string kind, string method, string target, IReadOnlyList<(string, string)> fields, byte[]? body)
    {
        target = Spaceless(target);
        fields = [.. fields.Select(sent => (sent.Item1, Line(sent.Item2)))];
        var keepsAlive = dice.Chance(10);
        if (body is null)
        {
            return new HostileRequest(kind, method, target, fields, [], IsWhole: true) { KeepsAlive = keepsAlive };
        }

        // Without a trailer section, where the length is told beforehand.
        var announced = dice.Chance(8)
            ? [("Trailer", string.Join(", ", dice.Some(3, () => dice.One(Words.Trailers))))]
            : Array.Empty<(string, string)>();
        fields = [.. fields, .. announced];
        var (framing, bytes, whole) = dice.Number(100) switch
        {
            < 70 => (Length(body.Length), body, true),
            < 96 => (("Transfer-Encoding", "chunked"), Chunked(dice, body), true),
            96 => (Length(body.Length + 1 + dice.Number(1000)), body, false),
            97 => (("Transfer-Encoding", "chunked"), dice.Mutated(Chunked(dice, body), Words.Pieces), false),
            98 => (("Content-Length", dice.One(["-1", "x", "99999999999999999999", "1, 1", "+1"])), body, false),
            _ => (("Transfer-Encoding", dice.One(["chunked, gzip", "identity", "chunked, chunked", "x"])), body, false),
        };
        return new HostileRequest(kind, method, target, [.. fields, framing], bytes, whole) { KeepsAlive = keepsAlive && whole };
    }

    private static (string, string) Length(int length) => ("Content-Length", length.ToString(CultureInfo.InvariantCulture));

    private static byte[] Chunked(Dice dice, byte[] body)
    {
        using var framed = new MemoryStream();
        for (var at = 0; at < body.Length;)
        {
            var size = Math.Min(body.Length - at, 1 + dice.Number(dice.Chance(20) ? 4 : 100_000));
            if (framed.Length > 3 * body.Length)
            {
                size = body.Length - at;
            }

            framed.Write(Encoding.ASCII.GetBytes($"{size:X}{(dice.Chance(1) ? ";a=b" : "")}\r\n"));
            framed.Write(body, at, size);
            framed.Write("\r\n"u8);
            at += size;
        }

        framed.Write("0\r\n"u8);
        foreach (var trailer in dice.Chance(30) ? dice.Some(4, () => Trailer(dice)) : [])
        {
            framed.Write(Encoding.ASCII.GetBytes($"{trailer}\r\n"));
        }

        framed.Write("\r\n"u8);
        return framed.ToArray();
    }

    /// <summary>Of printable ASCII: what is not is for the server to refuse.</summary>
    private static string Trailer(Dice dice)
    {
        var value = Near(dice, Words.Digests, Words.DigestPieces);
        return $"{dice.One(Words.Trailers)}: {string.Concat(value.Where(character => character is >= ' ' and <= '~'))}";
    }

    /// <summary>A text of these, or one that is near to one.</summary>
    private static string Near(Dice dice, string[] texts, string[] pieces)
    {
        var text = dice.One(texts);
        return dice.Or(40, text, () => dice.Mutated(text, pieces));
    }

    private static string Type(Dice dice) => Near(dice, Words.Types, Words.TypePieces);

    // Now and then as it stands, as far as a request line takes it.
    private static string Escaped(Dice dice, string text) => dice.Chance(85) ? Percent(text) : text;

    private static string Session(Dice dice) => $"s{dice.Number(4)}";

    private static string FormType(Dice dice) => $"F{dice.Number(3)}";

    private static string Record(Dice dice) => dice.One(["1", "2", "r"]);

    /// <summary>On one line and without spaces, so that it is the target and not more than that.</summary>
    private static string Spaceless(string target) =>
        string.Concat(target.Select(character => character is ' ' or '\r' or '\n' or '\0' ? $"%{(int)character:X2}" : $"{character}"));

    /// <summary>On one line: where a field ends is the client's to say, and not what is tested.</summary>
    private static string Line(string value) => string.Concat(value.Where(character => character is not ('\r' or '\n' or '\0')));

    private static byte[] Bytes(Dice dice, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return dice.Chance(20) ? dice.Mutated(bytes, Words.Pieces) : bytes;
    }
}
