using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.OwnedAttachments;

[TestFixture]
internal sealed class DownloadOwnedAttachmentTests : OwnedAttachmentsFixture
{
    [Test]
    public async Task Serves_the_bytes_as_what_they_were_sent_as([Values("GET", "HEAD")] string method)
    {
        var id = await Owner.Have(Large);
        var answer = await Owner.Send(method, await Owner.DownloadUrl(id));
        answer.Status.ShouldBe(200);
        answer.Body.ShouldBe(method == "GET" ? Large : []);
        answer.Field("Content-Type").ShouldBe("image/png");
        answer.Field("Content-Length").ShouldBe($"{Large.Length}");
        answer.Field("Content-Disposition").ShouldBe("attachment; filename=\"nerd_sniping.png\"");
        answer.Field("ETag").ShouldBe(Large.EntityTag());
        answer.Field("Repr-Digest").ShouldBe(Large.Sha256Member());
        answer.Field("Accept-Ranges").ShouldBe("bytes");
        answer.Field("Cache-Control").ShouldBe("private, no-cache");
        answer.Field("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Field("Content-Security-Policy").ShouldBe("default-src 'none'; sandbox");
        answer.Field("Last-Modified").ShouldNotBeNull();
    }

    [Test]
    public async Task Serves_a_range_and_answers_conditions_on_the_bytes()
    {
        var id = await Owner.Have(Photo);
        var range = await Owner.Download(id, ("Range", "bytes=10-19"));
        range.Status.ShouldBe(206);
        range.Body.ShouldBe(Photo[10..20]);
        (await Owner.Download(id, ("If-None-Match", Photo.EntityTag()))).Status.ShouldBe(304);
        (await Owner.Download(id, ("If-None-Match", await Owner.Tag(id)))).Status.ShouldBe(200);
        (await Owner.Patch(id, Body.Json("""{"description":"of another version"}"""))).ShouldBeEntry();
        (await Owner.Download(id, ("If-None-Match", Photo.EntityTag()))).Status.ShouldBe(304);
    }

    [TestCase("image/png", "inline")]
    [TestCase("image/svg+xml", "attachment")]
    [TestCase("text/html", "attachment")]
    public async Task Is_shown_in_place_only_where_it_can_run_no_script(string mediaType, string disposition)
    {
        var part = new Part("; name=\"file\"; filename=\"a.bin\"", Photo, $"Content-Type: {mediaType}");
        var id = (await Owner.Create(Body.Multipart(part))).ShouldBeEntry(201).GetProperty("id").GetInt64();
        var answer = await Owner.Send("GET", await Owner.DownloadUrl(id) + "?disposition=inline");
        answer.Field("Content-Disposition")!.ShouldStartWith(disposition);
        answer.Field("Content-Type").ShouldBe(mediaType);
    }

    [TestCase("e\u0301té.txt", "\u00e9t\u00e9.txt", "%C3%A9t%C3%A9.txt")]
    [TestCase("a b+c%20&?#;=@.txt", null, "a%20b%2Bc%2520%26%3F%23%3B%3D%40.txt")]
    [TestCase("😀.png", null, "%F0%9F%98%80.png")]
    [TestCase("\"quoted\".txt", null, "%22quoted%22.txt")]
    public async Task Is_addressed_by_the_name_in_percent_encoding(string sent, string? name, string encoded)
    {
        var id = await Owner.Have(Photo, ("filename", sent));
        (await Owner.Entry(id)).GetProperty("filename").GetString().ShouldBe(name ?? sent);
        (await Owner.DownloadUrl(id)).ShouldBe($"/v1/uploaded-file/attachment_{id}/{encoded}");
        (await Owner.ReadFile(id)).ShouldBe(Photo);
    }

    [Test]
    public async Task A_name_that_is_not_composed_finds_the_one_that_is()
    {
        var id = await Owner.Have(Photo, ("filename", "\u00e9.txt"));
        (await Owner.Send("GET", $"/v1/uploaded-file/attachment_{id}/e%CC%81.txt")).Body.ShouldBe(Photo);
    }

    [TestCase("other.png")]
    [TestCase("NERD_SNIPING.PNG")]
    [TestCase("nerd_sniping.png%20")]
    [TestCase("%01nerd_sniping.png")]
    [TestCase("x%2Fnerd_sniping.png")]
    [TestCase("x%5Cnerd_sniping.png")]
    public async Task Needs_the_very_name(string name)
    {
        var id = await Owner.Have(Photo);
        (await Owner.Send("GET", $"/v1/uploaded-file/attachment_{id}/{name}")).ShouldBeProblem(404, "attachment_not_found");
    }

    [TestCase("/uploaded-file/attachment_{0}/nerd_sniping.png")]
    [TestCase("/v1/uploaded-file/{0}/nerd_sniping.png")]
    [TestCase("/v1/uploaded-file/attachment_{0}")]
    [TestCase("/v1/uploaded-file/attachment_{0}/x/nerd_sniping.png")]
    public async Task Is_nowhere_else(string target)
    {
        var id = await Owner.Have(Photo);
        (await Owner.Send("GET", string.Format(null, target, id))).ShouldBeProblem(404, "route_not_found");
    }

    [Test]
    public async Task One_in_progress_ends_whole_with_the_bytes_it_began_with()
    {
        var file = Files.Make(TestBed.MaxUploadBytes);
        var id = await Admin.Have(file);
        var url = await Admin.DownloadUrl(id);
        await using var connection = await Service.Connect(receiveBuffer: 4096);
        await connection.Send(Service.RequestHead("GET", url));
        var head = await connection.ReadHead();
        head.Status.ShouldBe(200);
        (await Admin.Put(id, OwnedFiles.Form(Photo))).ShouldBeEntry();
        (await Admin.Delete(id)).Status.ShouldBe(204);
        (await connection.Read(file.Length)).ShouldBe(file);
    }
}
