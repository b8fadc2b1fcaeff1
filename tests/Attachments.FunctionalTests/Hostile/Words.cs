using System.Text;

namespace Attachments.FunctionalTests.Hostile;

/// <summary>What breaks programs, by where it is put. None of it is a word that an answer must not hold.</summary>
internal static class Words
{
    /// <summary>The name of a field that no answer may have: whoever gets it in has split a header.</summary>
    public const string InjectedField = "X-Injected";

    public static readonly string[] Texts =
    [
        "", " ", ".", "..", "../../etc/passwd", "..\\..\\boot.ini", "a/b", "CON", "nul.txt", "a\r\nX-Injected: 1", "a\nX-Injected: 1",
        "'", "\"", "\\", "\\\"", "%", "%00", "%2e%2e%2f", "\0", "a\0b", "\u0001", "\u001f", "\u007f", "\u0085", "\u2028",
        "\u202egnp.exe", "\ufeff", "\uffff", "\U0001d4b3", "e\u0301", "\u00e9", "\u212b", "\u0130", "<script>alert(1)</script>",
        "${7*7}", "{{7*7}}", "'; DROP TABLE blobs; --", "1e400", "-0", "NaN", "null", "None", "undefined", "true", "-1",
        "9223372036854775807", "9223372036854775808", "٧", "=?utf-8?B?Li4=?=", "=?utf-8?Q?=00?=", "=?x?Q?y?=", new('a', 254),
        new('\u00e4', 128), new('x', 5000), "p", "uuid", "unit_id", "__timezone__", "__proto__",
    ];

    public static readonly string[] Segments =
    [
        "", ".", "..", "%2e", "%2e%2e", "%2e%2e%2f", "..%2f..%2f", "%2F", "%5c..%5c", "%00", "a%00b", "%", "%2", "%zz", "a%",
        "%c0%ae%c0%ae", "%c0%af", "%e0%80%af", "%ed%a0%80", "%f0%82%82%ac", "%f4%90%80%80", "%ff", "%fe%ff", "%u002e", "%252e%252e",
        "a%0d%0aX-Injected:%201", "%0a", "%09", "%7f", "%c2%85", "%e2%80%ae", "%ef%bf%bf", "%cc%81", "e%cc%81", ";a=b", "+", "%2b", "*",
        "~", "'", "$", "(", "a:b", "@", "%20", "content", "attachments", "claim", "0", "-1", "99999999999999999999",
        "00000000-0000-0000-0000-000000000000", new('a', 300), new('b', 3000),
    ];

    public static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "1234567890", "1e3", "1E400", "1e-400", "0.1", "9223372036854775807", "9223372036854775808",
        "-9223372036854775809", "253402300800", "1" + new string('0', 400), "0." + new string('3', 400), "01", "+1", ".5", "1.", "0x10",
        "NaN", "Infinity",
    ];

    public static readonly string[] JsonTexts =
    [
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\x\"", "\"\\u12\"", "\"a\nb\"",
        "\"", "'a'", "\"\u0001\"",
    ];

    public static readonly string[] Ranges =
    [
        "bytes=0-0", "bytes=5-", "bytes=-5", "bytes=-0", "bytes=7-3", "bytes=0-9223372036854775807", "bytes=99999999999999999999-",
        "bytes=,1-2", "bytes=0-1,4-5", "items=0-1", "bytes=a-b", "bytes", "bytes=", "BYTES=1-2",
        "bytes=0-0," + string.Join(',', Enumerable.Repeat("0-", 500)),
    ];

    public static readonly string[] RangePieces = ["0", "9", "99999999999999999999", "-", ",", " ", "\t", "=", "bytes=", "٣"];

    public static readonly string[] Tags =
    [
        "*", "\"\"", "\"a\"", "W/\"a\"", "w/\"a\"", "\"a\", \"b\"", "\"a", "a", "*, \"a\"", ",", "", "\"a\",,\"b\"", "\"\\\"\"",
        "\"\u00e9\"", "W/*", "\"" + new string('f', 64) + "\"", string.Join(", ", Enumerable.Repeat("\"a\"", 800)),
    ];

    public static readonly string[] TagPieces = ["\"", "W/", "*", ",", " ", "\\", "a", "\t", "\u00ff"];

    public static readonly string[] Dates =
    [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:60 GMT", "Sat, 30 Feb 2024 00:00:00 GMT", "0", "now", "", "Sun, 06 Nov 1994 08:49:37 +0100",
        "Mon, 06 Nov 0000 08:49:37 GMT",
    ];

    public static readonly string[] DatePieces = ["0", "9", ":", " ", ",", "GMT", "Sun", "-", "Feb", "+"];

    public static readonly string[] Digests =
    [
        "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", "sha-256=:AAAA:", "sha-256=:!:", "sha-256", "sha-256=?1", "md5=:AAAA:",
        "x=:AAAA:", "sha-512=::", "sha-256=(:AA==: :AA==:)", "", ",", "sha-256=:AAAA", "sha-256=:AAAA:;a=\"b",
        "x=" + new string('(', 500), "1B2M2Y8AsgTpgAmy7PhCfg==", "AAAA", "sha-256=" + new string('9', 40),
    ];

    public static readonly string[] DigestPieces = [":", "=", ",", ";", "\"", "(", ")", "?1", "sha-256", "md5", "\\", " ", "A", "."];

    public static readonly string[] Types =
    [
        "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "multipart/mixed; boundary=\"b b\"",
        "multipart/form-data", "multipart/x; boundary=", "multipart/form-data; boundary=" + new string('b', 200),
        "application/vnd.api+json", "application/vnd.api+json; charset=utf-8", "application/vnd.api+json; ext=\"x\"",
        "application/octet-stream", "text/html", "image/png;,text/html", "image/png; a=\",text/html\"", "a/b; c=\"d", "/", "a", "", ";",
        "text/plain; charset=utf-7", "x/" + new string('y', 300), "image/svg+xml", "application/json; charset=utf-16", "a/b\u00e9",
        "image/png; a=b" + string.Concat(Enumerable.Repeat("; a=b", 100)),
    ];

    public static readonly string[] TypePieces = [";", ",", "=", "\"", "/", "boundary=", "charset=", "\\", " ", "\t", "\u00e9", "'"];

    public static readonly string[] Charsets =
    [
        "iso-8859-1", "ISO-8859-15", "windows-1252", "windows-1253", "shift_jis", "gb18030", "iso-2022-jp", "hz-gb-2312", "big5", "koi8-r",
        "utf-16", "utf-16be", "utf-32", "utf-7", "utf8", "\"utf-8\"", "\"utf-8", "us-ascii", "ibm037", "macintosh", "x", "",
        "utf-8; charset=x",
        "utf-8'", "\u00e9", "0", "1200", new('c', 300),
    ];

    /// <summary>For the header that announces trailers, and for the trailers themselves.</summary>
    public static readonly string[] Trailers =
        ["Content-Digest", "Repr-Digest", "Content-MD5", "content-digest", "X-Checked", "Content-Length", "Authorization", "Trailer"];

    public static readonly string[] Filters =
    [
        "Name eq 'a'", "Size gt 10 and Size lt 99999999999999999999", "substringof('a', Name)",
        "contains(Name,'a') or not startswith(FileName,'b')", "CreatedAt ge datetime'2015-12-16T07:40:18Z'",
        "Id eq guid'00000000-0000-0000-0000-000000000000'", "year(CreatedAt) eq 2015", "Size in (1,2,3)",
        "length(trim(toupper(Name))) ge 1", "Name eq 'O''Brien'", "Name ne null", "Size eq 122454L", "Size eq -1.5e3",
        "(((Name eq 'a')))", "Name eq '\0'", "Name eq '\ud83d\ude00'", "contains(Name,'%_\\')",
        "CreatedAt lt 9999-12-31T23:59:59.9999999Z", "Name lt Name", "true", "not not true",
    ];

    public static readonly string[] FilterPieces =
    [
        "(", ")", "'", "''", ",", " ", " eq ", " and ", " or ", "not ", "null", "true", "-", "1", "99999999999999999999999", "e400", ".",
        "Name", "Size", "CreatedAt", "Id", "datetime'", "guid'", "L", "m", "length(", "year(", "substringof(", " in ", "\0", "\u0130",
        "/", "$it", "@a", "%", "_", "\\",
    ];

    public static readonly string[] Orders =
        ["Name", "Name desc", "Size asc, Name desc", "CreatedAt", "Id,TemporaryId", "name", "Name  DESC", "Self", ",", "Name,Name"];

    public static readonly string[] Dispositions =
    [
        "form-data; name=\"attachment\"; filename=\"photo.png\"", "form-data; name=\"file\"; filename=\"photo.png\"",
        "attachment; name=n; filename=f.txt; size=3", "form-data; name=\"session[data][p]\"; filename=\"a.jpg\"",
        "form-data; name=\"session[uuid]\"", "form-data; name=\"session[unit_id]\"", "form-data; name=\"session[data][p][rawData]\"",
        "form-data; name=\"session[data][p]\"", "form-data; name=\"description\"", "form-data; name=\"filename\"",
        "form-data; name=\"sequence_map_for\"", "form-data; name=\"owned_by_org\"", "form-data; name=\"file\"; filename=\"\"",
        "form-data; name=\"file\"; filename=\"..\"", "form-data; name=\"file\"; filename*=UTF-8''%e2%82%ac.png",
        "form-data; name=\"file\"; filename*=UTF-8''%00", "form-data; name=\"file\"; filename*=utf-8''%ZZ",
        "form-data; name=\"file\"; filename*=iso-8859-1''%e9; filename=\"x\"",
        "form-data; name=\"attachment\"; filename*=UTF-8''a%0d%0aX-Injected:%201",
        "form-data; name=\"file\"; filename=\"=?utf-8?B?Li4vLi4=?=\"", "form-data; name=\"file\"; filename=\"a\\\"b\\\\c\"",
        "attachment; filename=\"C:\\fakepath\\a.txt\"", "form-data", "form-data; name=", "; name=\"file\"",
        "form-data; name=\"file\"; filename*0*=UTF-8''Pr%C3%BC; filename*1*=%A4; filename*2=\"f.png\"",
        "form-data; name=\"file\"; filename*0*=UTF-8''%C3; filename*1*=%A4", "attachment; name=n; filename*0=a; filename*2=c",
        "attachment; name=n; filename*1=b; filename*0=a", "form-data; name*0=fi; name*1=le; filename=x",
        "form-data; name=\"file\"; filename",
        "form-data; name=\"sequence_map_for\"; filename=\"blob\"", "form-data; name=\"session[unit_id]\"; filename=\"blob\"",
        "form-data; name=\"session[data][p][rawData]\"; filename=\"blob\"", "form-data; name=\"photo\"; filename=\"photo.png\"",
        "form-data; name=\"a\"; name=\"b\"; filename=c; filename=d", "attachment; filename=a\u00e4.txt", "x",
    ];

    public const string Base64 = "Content-Transfer-Encoding: base64";
    public const string QuotedPrintable = "Content-Transfer-Encoding: quoted-printable";

    public static readonly string[] TransferEncodings =
    [
        Base64, Base64, QuotedPrintable, QuotedPrintable, "Content-Transfer-Encoding: BINARY", "Content-Transfer-Encoding: x-uuencode",
        "content-transfer-encoding: base64, base64", "Content-Transfer-Encoding:", "Content-Transfer-Encoding: base64\r\n",
    ];

    /// <summary>To be put into bodies in a transfer encoding.</summary>
    public static readonly byte[][] EncodedPieces =
    [
        "="u8.ToArray(), "=="u8.ToArray(), "=4"u8.ToArray(), "= \r\n"u8.ToArray(), "=\r"u8.ToArray(), "A"u8.ToArray(), "-"u8.ToArray(),
        [0xe9], "\0"u8.ToArray(), "\r\n"u8.ToArray(), "\n"u8.ToArray(), [.. Enumerable.Repeat((byte)' ', 1500)],
        [.. Enumerable.Repeat((byte)'\n', 100_000)],
    ];

    public static readonly string[] DispositionPieces =
    [
        "*0", "*0*=", "*1*=", "*01=", "*x=", "filename*0=a; filename*1=b", "filename*0*=UTF-8''%c3; filename*1*=%a4", "\r\n ", "; filename",
        "\"", ";", "=", "\\", "filename", "filename*=", "UTF-8''", "name=", "%", "%00", "'", "\0", "\t", "\u00e4", "\u202e", "[", "]", "/",
        "=?utf-8?Q?",
    ];

    public static readonly string[] Fields =
    [
        "session[uuid]", "session[unit_id]", "session[created]", "session[saved]", "session[data][p]", "session[data][p][rawData]",
        "session[data][]", "session[data][][rawData]", "session[]", "session", "session[data]", "session[data][p][q]",
        "session[data][a]b]", "session[data]p", "session[x]", "other", "description", "filename", "sequence_map_for", "owned_by_org",
        "owned_by_user", "file", "session[data][p][rawData][x]", "[", "]", "", "_charset_",
    ];

    /// <summary>To be put into bodies.</summary>
    public static readonly byte[][] Pieces =
    [
        "\0"u8.ToArray(), [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf], "\""u8.ToArray(), "\\"u8.ToArray(),
        "\\ud800"u8.ToArray(), "\\u0000"u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(),
        ","u8.ToArray(), ":"u8.ToArray(), "null"u8.ToArray(), "&"u8.ToArray(), "="u8.ToArray(), "%"u8.ToArray(), "%00"u8.ToArray(),
        "%ff"u8.ToArray(), "%E9"u8.ToArray(), "&&"u8.ToArray(), "_charset_="u8.ToArray(), "\r"u8.ToArray(), "\n"u8.ToArray(),
        "\r\n"u8.ToArray(), "\r\n\r\n"u8.ToArray(), "--b"u8.ToArray(),
        "\r\n--b\r\n"u8.ToArray(), "\r\n--b--\r\n"u8.ToArray(), "--"u8.ToArray(), ";"u8.ToArray(), "/*"u8.ToArray(),
        Encoding.UTF8.GetBytes("\u202e"),
    ];
}
