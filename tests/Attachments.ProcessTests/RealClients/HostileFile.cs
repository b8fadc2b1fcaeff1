using System.Text;

namespace Attachments.ProcessTests.RealClients;

/// <summary>A file that attacks the browser that shows it: each of its scripts would ask for <c>/beacon/stored/…</c>.</summary>
/// <param name="Name">The file's.</param>
/// <param name="MediaType">What it says to be.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="IsShown">Whether a browser may show it in place: as what it says to be, which runs no script.</param>
internal sealed record HostileFile(string Name, string MediaType, byte[] Content, bool IsShown)
{
    public const string Harmful = "stored";

    /// <summary>In the place of <see cref="Harmful"/>, and as long, where the file is served without the service.</summary>
    public const string Control = "barely";

    /// <summary>The type under which it is dangerous, where nobody takes care.</summary>
    public string DangerousType { get; init; } = MediaType;

    /// <summary>It is a script, and no page.</summary>
    public bool IsScript { get; init; }

    public static readonly IReadOnlyList<HostileFile> All =
    [
        new("page.html", "text/html", Text(Page("page.html")), IsShown: false),
        new("page.xhtml", "application/xhtml+xml", Text(Xml("html", "http://www.w3.org/1999/xhtml", "page.xhtml")), IsShown: false),
        new("feed.xml", "text/xml", Text(Xml("html", "http://www.w3.org/1999/xhtml", "feed.xml")), IsShown: false),
        new("image.svg", "image/svg+xml", Text(Xml("svg", "http://www.w3.org/2000/svg", "image.svg")), IsShown: false),
        new("page.txt", "text/plain", Text(Page("page.txt")), IsShown: true) { DangerousType = "text/html" },
        new("seven.txt", "text/plain; charset=utf-7", Text(Page("seven.txt")), IsShown: true) { DangerousType = "text/html" },
        new("page.png", "image/png", PageInPicture("page.png"), IsShown: true) { DangerousType = "text/html" },
        new("comma.png", "image/png; a=\",text/html\"", Text(Page("comma.png")), IsShown: true) { DangerousType = "text/html" },
        new("page.mp4", "video/mp4", Text(Page("page.mp4")), IsShown: true) { DangerousType = "text/html" },
        new("page.mp3", "audio/mpeg", Text(Page("page.mp3")), IsShown: true) { DangerousType = "text/html" },
        new("script.gif", "image/gif", ScriptInPicture("script.gif"), IsShown: true) { DangerousType = "text/javascript", IsScript = true },
        new("script.txt", "text/plain", Text(Call("script.txt")), IsShown: true) { DangerousType = "text/javascript", IsScript = true },
    ];

    /// <summary>The same, asking for <c>/beacon/barely/…</c>.</summary>
    public byte[] ControlContent => Encoding.Latin1.GetBytes(
        Encoding.Latin1.GetString(Content).Replace($"/{Harmful}/", $"/{Control}/", StringComparison.Ordinal));

    private static string Call(string name) => $"fetch('/beacon/{Harmful}/{name}',{{mode:'no-cors'}})";

    private static string Page(string name) =>
        $"<!doctype html><title>page</title><body onload=\"{Call(name)}\"><script>{Call(name)}</script>"
        + $"<img src=x onerror=\"{Call(name)}\"><img src=\"/beacon/{Harmful}/{name}\">";

    private static string Xml(string root, string space, string name) =>
        $"""<?xml version="1.0"?><{root} xmlns="{space}" onload="{Call(name)}"><script>{Call(name)}</script></{root}>""";

    /// <summary>A picture of one pixel, with a page in its comment.</summary>
    private static byte[] PageInPicture(string name)
    {
        var picture = Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");
        var comment = Text($"Comment\0{Page(name)}");
        byte[] length = [0, 0, (byte)(comment.Length >> 8), (byte)comment.Length];

        // Behind the signature and the header chunk; nobody checks the sum of a chunk that may be left out.
        return [.. picture[..33], .. length, .. "tEXt"u8, .. comment, 0, 0, 0, 0, .. picture[33..]];
    }

    /// <summary>A picture whose width begins a comment of JavaScript, and which is a variable's name before it.</summary>
    private static byte[] ScriptInPicture(string name) =>
    [
        .. "GIF89a/*"u8, 1, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b, .. Text($"*/=1;{Call(name)}"),
    ];

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
