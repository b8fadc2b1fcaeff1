using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Attachments.FunctionalTests.Links;

/// <summary>Links in the <c>img</c> elements of a page of another origin, in Chromium.</summary>
[TestFixture]
internal sealed partial class LinkInBrowserTests
{
    private const string Browser = "/usr/bin/chromium";

    /// <summary>One pixel.</summary>
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private readonly ConcurrentQueue<string> referers = new();
    private string directory = "";
    private string[] links = [];

    [SetUp]
    public void MakeDirectory()
    {
        if (!File.Exists(Browser))
        {
            Assert.Ignore("chromium is not there: apt-get install chromium");
        }

        directory = Directory.CreateTempSubdirectory("attachments-browser-").FullName;
    }

    [TearDown]
    public void RemoveDirectory()
    {
        if (directory.Length > 0)
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public async Task Are_shown_until_they_end()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var service = await TestBed.StartService(time);
        var file = await ContentFamily.OwnedAttachments.Store(service, Png, "a.png", "image/png");
        var made = await service.Admin.MakeLink(file.Target, """ "expires_in":60 """);
        links = [made.GetProperty("url").GetString()!, await service.Admin.LinkTo(file.Target, """ "expires_in":60,"pin":true """)];
        await using var page = await StartPage();
        (await Widths(page, "first")).ShouldBe("1,1");
        (await Widths(page, "first")).ShouldBe("1,1");

        // The browser has a clock of its own, and keeps pinned content for as long as it was told; another browser has nothing.
        time.Advance(made.GetProperty("expires_at").GetDateTimeOffset() - time.GetUtcNow() + TimeSpan.FromMinutes(2));
        (await Widths(page, "first")).ShouldBe("0,1");
        (await Widths(page, "second")).ShouldBe("0,0");
        referers.ShouldAllBe(referer => !referer.Contains("link=", StringComparison.Ordinal));
        referers.ShouldContain(referer => referer.StartsWith(page.Urls.Single(), StringComparison.Ordinal), "the page has asked for something");
    }

    /// <summary>The widths of the pictures on the page, once they are loaded or have failed.</summary>
    private async Task<string> Widths(WebApplication page, string profile)
    {
        var start = new ProcessStartInfo(
            Browser,
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
                $"--user-data-dir={Path.Combine(directory, profile)}", "--dump-dom", page.Urls.Single(),
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        return Title().Match(await output) is { Success: true } title ? title.Groups[1].Value : throw new InvalidOperationException(await errors);
    }

    /// <summary>The page, and something that it asks for after the pictures.</summary>
    private async Task<WebApplication> StartPage()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            referers.Enqueue(context.Request.Headers.Referer.ToString());
            context.Response.ContentType = "text/html; charset=utf-8";
            if (context.Request.Path == "/")
            {
                var images = string.Concat(links.Select(link => $"<img src=\"{WebUtility.HtmlEncode(link)}\">"));
                await context.Response.WriteAsync($$"""
                    <!doctype html>
                    <title></title>
                    {{images}}
                    <img src="/own">
                    <script>onload = () => document.title = [...document.images].slice(0, -1).map(image => image.naturalWidth);</script>
                    """);
            }
        });
        await app.StartAsync();
        return app;
    }

    [GeneratedRegex("<title>([^<]+)</title>")]
    private static partial Regex Title();
}
