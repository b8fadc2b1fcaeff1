using System.Globalization;
using System.Security.Cryptography;

namespace Attachments.ProcessTests.RealClients;

[TestFixture]
internal sealed class CurlTests() : ClientFixture(new ClientProgram("curl", "curl", IsInstalledByCi: true))
{
    private const string Told = "%{http_code} %{http_version} %{size_download} %{size_upload}";

    /// <summary>CURLE_HTTP2_STREAM.</summary>
    private const int StreamError = 92;

    private static readonly string[] Upload = ["-T", "file", "-H", "Content-Type: application/octet-stream", "-o", "answer"];

    // Development serves HTTP/2 without TLS.
    protected override ServiceSettings Settings(ServiceSettings settings) => settings
        .With("ASPNETCORE_ENVIRONMENT", "Development")
        .With("Links:Keys:0:Id", "key")
        .With("Links:Keys:0:Value", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=");

    [TestCase("--http1.1", "1.1")]
    [TestCase("--http2-prior-knowledge", "2")]
    public async Task Downloads_in_either_version(string option, string version)
    {
        (await Curl(option, "-o", "all", Url)).ShouldBe($"200 {version} {Length} 0");
        await ShouldHaveAll("all");
        (await Curl(option, "-r", "1000-1999", "-o", "part", Url)).ShouldBe($"206 {version} 1000 0");
        (await File.ReadAllBytesAsync(PathTo("part"))).ShouldBe(Content[1000..2000]);
        (await Curl(option, "-I", "-o", "head", Url)).ShouldBe($"200 {version} 0 0");
        (await File.ReadAllTextAsync(PathTo("head"))).ToLowerInvariant().ShouldContain($"content-length: {Length}");
    }

    [Test]
    public async Task Stays_with_HTTP_1_where_it_only_offers_the_other() =>
        (await Curl("--http2", "-o", "all", Url)).ShouldBe($"200 1.1 {Length} 0");

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(1_000_000)]
    [TestCase(Length - 1)]
    public async Task Resumes_where_it_broke_off(int have)
    {
        await HaveBeginning("file", have);
        await Curl("-C", "-", "-o", "file", Url);
        await ShouldHaveAll("file");
    }

    [Test]
    public async Task Resumes_by_a_signed_link_of_one_use()
    {
        using var item = new StringContent($$"""{"url":"{{Url}}","max_uses":1}""", System.Text.Encoding.UTF8, "application/json");
        using var made = await Service.Client.PostAsync("/v1/links", item);
        var link = (string)System.Text.Json.Nodes.JsonNode.Parse(await made.Content.ReadAsStringAsync())!["links"]![0]!["url"]!;
        string[] anonymous = ["-sS", "-f", "--noproxy", "*", "-w", Told, "-o", "file"];
        (await Program.Run(Directory, [.. anonymous, "-r", "0-999999", link])).ShouldBe("206 1.1 1000000 0");
        (await Program.Run(Directory, [.. anonymous, "-C", "-", link])).ShouldBe($"206 1.1 {Length - 1_000_000} 0");
        await ShouldHaveAll("file");
        (await Program.Try(Directory, [.. anonymous, link])).Output.ShouldStartWith("410");
    }

    [Test]
    public async Task Has_nothing_left_to_resume_of_a_whole_file()
    {
        await HaveBeginning("file", Length);
        await Curl("-C", "-", "-o", "file", Url);
        await ShouldHaveAll("file");
    }

    [TestCase("0-0")]
    [TestCase("-1000")]
    [TestCase("16777216-")]
    public async Task Takes_a_range(string range)
    {
        (await Curl("-r", range, "-o", "part", Url)).ShouldStartWith("206 ");
        var expected = range switch
        {
            "0-0" => Content[..1],
            "-1000" => Content[^1000..],
            _ => Content[16777216..],
        };
        (await File.ReadAllBytesAsync(PathTo("part"))).AsSpan().SequenceEqual(expected).ShouldBeTrue();
    }

    [Test]
    public async Task Asks_again_only_if_it_has_changed()
    {
        var url = GetUrl("changing");
        await HaveBeginning("first", 1000);
        await HaveBeginning("second", 2000);
        string[] upload = ["-H", "Content-Type: application/octet-stream", "-o", "answer", url];
        await Curl(["-T", "first", .. upload]);
        (await Curl("--etag-save", "etag", "-o", "copy", url)).ShouldStartWith("200 ");
        (await Curl("--etag-compare", "etag", "-o", "copy", url)).ShouldBe("304 1.1 0 0");
        (await Curl("-z", "copy", "-R", "-o", "copy", url)).ShouldBe("304 1.1 0 0");
        await Curl(["-T", "second", .. upload]);
        (await Curl("--etag-compare", "etag", "--etag-save", "etag", "-o", "copy", url)).ShouldStartWith("200 ");
        (await File.ReadAllBytesAsync(PathTo("copy"))).ShouldBe(Content[..2000]);
    }

    [Test]
    public async Task Uploads_and_names_the_file_itself()
    {
        await HaveBeginning("größe 字.bin", 1_000_000);
        var url = GetUrl("uploaded");
        (await Curl("-X", "PUT", "-F", "attachment=@größe 字.bin", "-o", "answer", url)).ShouldStartWith("200 1.1 ");
        (await Stored("uploaded")).AsSpan().SequenceEqual(Content.AsSpan(0, 1_000_000)).ShouldBeTrue();
        await Curl("-OJ", url);
        File.Exists(PathTo("gr__e _.bin")).ShouldBeTrue(string.Join(", ", System.IO.Directory.GetFiles(Directory)));
    }

    [Test]
    public async Task Uploads_under_a_digest()
    {
        await HaveBeginning("file", 1_000_000);
        var (digest, wrong) = (Digest(1_000_000), Digest(999_999));
        var url = GetUrl("digested");
        (await Curl([.. Upload, "-H", digest, url])).ShouldStartWith("200 ");
        (await Curl([.. Upload, "-H", wrong, url])).ShouldStartWith("400 ");
        await Curl("-H", "Want-Repr-Digest: sha-512=10", "-D", "head", "-o", "copy", url);
        (await File.ReadAllTextAsync(PathTo("head"))).ShouldContain(digest);
    }

    /// <summary>curl asks first (Expect: 100-continue) where a body is large, and sends none where it is refused.</summary>
    [Test]
    public async Task Sends_no_body_that_is_refused()
    {
        await HaveBeginning("file", Length);
        string[] upload = [.. Upload, "--expect100-timeout", "60"];
        (await Curl([.. upload, "-H", "If-None-Match: *", Url])).ShouldBe("412 1.1 " + new FileInfo(PathTo("answer")).Length + " 0");
        (await Curl([.. upload, Url.Replace("clients", "none", StringComparison.Ordinal)])).ShouldStartWith("404 1.1 ");
    }

    /// <summary>
    /// In HTTP/2 curl does not ask first. It is told to stop (RST_STREAM, NO_ERROR), which older versions take for an error, and say
    /// nothing of the answer that came before it; <c>RefusedUploadFramesTests</c> shows that it came.
    /// </summary>
    [Test]
    public async Task Stops_sending_a_body_that_is_refused_in_HTTP_2()
    {
        await HaveBeginning("file", Length);
        var (exitCode, output, errors) = await Try([.. Upload, "--http2-prior-knowledge", "-H", "If-None-Match: *", Url]);
        exitCode.ShouldBeOneOf(0, StreamError);
        output.ShouldStartWith(exitCode == 0 ? "412 2 " : "000 ", Case.Sensitive, errors);
        int.Parse(output.Split(' ')[^1], CultureInfo.InvariantCulture).ShouldBeLessThan(Length);
        (await Stored("file")).AsSpan().SequenceEqual(Content).ShouldBeTrue();
    }

    private string Digest(int length) =>
        $"Repr-Digest: sha-512=:{Convert.ToBase64String(SHA512.HashData(Content.AsSpan(0, length)))}:";

    private Task<string> Curl(params string[] arguments) => Program.Run(Directory, All(arguments));

    private Task<(int ExitCode, string Output, string Errors)> Try(params string[] arguments) => Program.Try(Directory, All(arguments));

    private string[] All(string[] arguments) => ["-sS", "--noproxy", "*", "-H", Authorization, "-w", Told, .. arguments];
}
