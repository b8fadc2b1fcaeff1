using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Records;

/// <summary>Uploading, downloading and deleting one file.</summary>
[TestFixture]
internal sealed class RecordAttachmentTests : RecordsFixture
{
    private static readonly byte[] Small = Files.Make(Files.Small);
    private static readonly byte[] Large = Files.Make(Files.Large);

    [SetUp]
    public async Task HaveRecord() => await Forms.Have("1");

    [Test]
    public async Task Serves_what_was_uploaded(
        [Values("a.png", "folder/a.png")] string path, [Values(0, Files.Small, Files.Large)] int length)
    {
        var file = Files.Make(length);
        (await Forms.Upload("1", path, Body.Create(file, "banana/banana"))).ShouldBeUploaded();
        var served = await Forms.Download("1", path);
        served.Status.ShouldBe(200);
        served.Body.ShouldBe(file);
        served.Field("Content-Type").ShouldBe("banana/banana");
        served.Field("Content-Length").ShouldBe($"{length}");
        served.Field("Content-Disposition").ShouldBe("attachment; filename=\"a.png\"");
        served.Field("ETag").ShouldBe(file.EntityTag());
        served.Field("Repr-Digest").ShouldBe(file.Sha256Member());
        served.Field("Accept-Ranges").ShouldBe("bytes");
        served.Field("Cache-Control").ShouldBe("private, no-cache");
        served.Field("X-Content-Type-Options").ShouldBe("nosniff");
        served.Field("Content-Security-Policy").ShouldBe("default-src 'none'; sandbox");
        served.Field("Last-Modified").ShouldNotBeNull();
        var head = await Forms.Send(HttpMethod.Head, Forms.Content("1", path));
        head.Body.ShouldBeEmpty();
        head.Field("Content-Length").ShouldBe($"{length}");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [TestCase("text/plain; charset=utf-8", "text/plain; charset=utf-8")]
    [TestCase("Image/PNG", "Image/PNG")]
    [TestCase("multipart/form-data; boundary=x", "multipart/form-data; boundary=x")]
    [TestCase("text/plain; charset=\"", "text/plain")]
    [TestCase("nonsense", "image/jpeg")]
    [TestCase(null, "image/jpeg")]
    public async Task The_type_is_the_one_sent_or_else_that_of_the_extension(string? sent, string expected)
    {
        var body = new ByteArrayContent(Small);
        if (sent is not null)
        {
            body.Headers.TryAddWithoutValidation("Content-Type", sent).ShouldBeTrue();
        }

        (await Forms.Upload("1", "photo.JPG", body)).ShouldBeUploaded();
        (await Forms.Download("1", "photo.JPG")).Field("Content-Type").ShouldBe(expected);
        (await Forms.ListAttachments("1")).Json.GetProperty("data")[0].GetProperty("attributes").GetProperty("mimetype")
            .GetString().ShouldBe(expected);
    }

    [TestCase("unknown")]
    [TestCase("a.unknown")]
    public async Task A_type_that_nothing_tells_is_octet_stream(string name)
    {
        (await Forms.Upload("1", name, new ByteArrayContent(Small))).ShouldBeUploaded();
        (await Forms.Download("1", name)).Field("Content-Type").ShouldBe("application/octet-stream");
    }

    [TestCase("*/*")]
    [TestCase("image/*; q=1")]
    public async Task A_range_of_types_is_none(string range)
    {
        (await Forms.Upload("1", "a.png", Body.Create(Small, range))).ShouldBeUploaded();
        (await Forms.Download("1", "a.png")).Field("Content-Type").ShouldBe("image/png");
    }

    [Test]
    public async Task A_type_is_served_with_the_parameters_it_was_sent_with()
    {
        const string Type = "text/plain;\tcharset=utf-8";
        var file = new ByteArrayContent(Small);
        file.Headers.TryAddWithoutValidation("Content-Type", Type).ShouldBeTrue();
        (await Forms.Upload("1", "a", file)).ShouldBeUploaded();
        (await Forms.Download("1", "a")).Field("Content-Type").ShouldBe(Type);
    }

    [Test]
    public async Task A_form_is_a_file_like_any_other()
    {
        var form = Body.MultipartBytes(Part.File("x", Small));
        (await Forms.Upload("1", "form", Body.Create(form, Body.MultipartType))).ShouldBeUploaded();
        (await Forms.Download("1", "form")).Body.ShouldBe(form);
    }

    [Test]
    public async Task Takes_a_body_in_chunks()
    {
        (await Forms.Upload("1", "a", await Body.Raw(Large).InChunks())).ShouldBeUploaded();
        (await Forms.Download("1", "a")).Body.ShouldBe(Large);
    }

    [Test]
    public async Task Replaces_the_previous_file()
    {
        await Forms.HaveFile("1", "a.png", Large);
        (await Forms.Upload("1", "a.png", Body.Create(Small, "text/plain"))).ShouldBeUploaded();
        var served = await Forms.Download("1", "a.png");
        served.Body.ShouldBe(Small);
        served.Field("Content-Type").ShouldBe("text/plain");
        (await Forms.ListFiles("1")).ShouldBe(["a.png"]);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Shows_in_place_what_can_run_no_script()
    {
        await Forms.HaveFile("1", "a.png", Small);
        await Forms.HaveFile("1", "a.html", Small, "text/html");
        (await Forms.Download("1", "a.png?disposition=inline")).Field("Content-Disposition")!.ShouldStartWith("inline");
        (await Forms.Download("1", "a.html?disposition=inline")).Field("Content-Disposition")!.ShouldStartWith("attachment");
    }

    [Test]
    public async Task A_download_holds_to_conditions_and_ranges()
    {
        await Forms.HaveFile("1", "a", Small);
        (await Forms.Download("1", "a", ("If-None-Match", Small.EntityTag()))).Status.ShouldBe(304);
        (await Forms.Download("1", "a", ("If-Match", "\"x\""))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Download("1", "a", ("Range", "bytes=1-3"))).Body.ShouldBe(Small[1..4]);
        var beyond = await Forms.Download("1", "a", ("Range", "bytes=1000-"));
        beyond.ShouldBeErrors(416, "range_not_satisfiable", """{"header":"Range"}""");
        beyond.Field("Content-Range").ShouldBe("bytes */1000");
    }

    [Test]
    public async Task An_upload_is_conditional()
    {
        (await Forms.Upload("1", "a", Body.Raw(Small), ("If-Match", "*"))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Upload("1", "a", Body.Raw(Small), ("If-None-Match", "*"))).ShouldBeUploaded();
        (await Forms.Upload("1", "a", Body.Raw(Large), ("If-None-Match", "*"))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Upload("1", "a", Body.Raw(Large), ("If-Match", Large.EntityTag()))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Upload("1", "a", Body.Raw(Large), ("If-Match", "nonsense"))).ShouldBeErrors(400, "precondition_invalid");
        (await Forms.Download("1", "a")).Body.ShouldBe(Small);
        (await Forms.Upload("1", "a", Body.Raw(Large), ("If-Match", Small.EntityTag()))).ShouldBeUploaded();
        (await Forms.Detach("1", "a", ("If-Match", Small.EntityTag()))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Detach("1", "a", ("If-Match", Large.EntityTag()))).ShouldBeDeleted();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Refuses_what_is_not_what_was_meant()
    {
        (await Forms.Upload("1", "a", Body.Raw(Small).With("Content-Digest", Large.Sha256Member())))
            .ShouldBeErrors(400, "digest_mismatch");
        (await Forms.Upload("1", "a", Body.Raw(Small).With("Content-Encoding", "gzip")))
            .ShouldBeErrors(415, "content_encoding_unsupported", """{"header":"Content-Encoding"}""");
        (await Forms.Upload("1", "a", Body.Raw(new byte[TestBed.MaxUploadBytes + 1]))).ShouldBeErrors(413, "upload_too_large");
        (await Forms.Download("1", "a")).ShouldBeNothing();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task A_folder_goes_with_its_last_file()
    {
        await Forms.HaveFile("1", "folder/a", Small);
        await Forms.HaveFile("1", "folder/b", Small);
        (await Forms.Detach("1", "folder")).ShouldBeNothing();
        (await Forms.Detach("1", "folder/a")).ShouldBeDeleted();
        (await Forms.ListFiles("1")).ShouldBe(["folder/b"]);
        (await Forms.Detach("1", "folder/b")).ShouldBeDeleted();
        (await Forms.Detach("1", "folder/b")).ShouldBeNothing();
        (await Forms.ListFiles("1")).ShouldBeEmpty();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task A_folder_may_be_called_content()
    {
        await Forms.HaveFile("1", "x.png", Small);
        await Forms.HaveFile("1", "content/x.png", Large);
        (await Forms.ListFiles("1")).ShouldBe(["x.png", "content/x.png"]);
        (await Forms.Detach("1", "content/x.png")).ShouldBeDeleted();
        (await Forms.Download("1", "x.png")).Body.ShouldBe(Small);
        (await Forms.Detach("1", "content/x.png")).ShouldBeNothing();
        await Forms.HaveFile("1", "content", Large);
        (await Forms.Detach("1", "content")).ShouldBeDeleted();
        (await Forms.ListFiles("1")).ShouldBe(["x.png"]);
    }

    [Test]
    public async Task A_name_is_found_in_either_form_of_unicode()
    {
        await Forms.HaveFile("1", "e%CC%81/o%CC%88.txt", Small);
        (await Forms.ListFiles("1")).ShouldBe(["\u00e9/\u00f6.txt"]);
        (await Forms.Download("1", "%C3%A9/o%CC%88.txt")).Body.ShouldBe(Small);
        (await Forms.Detach("1", "%C3%A9/%C3%B6.txt")).ShouldBeDeleted();
    }

    [TestCase("%20a%20")]
    [TestCase("%20")]
    [TestCase("a+b")]
    [TestCase("%25252F")]
    [TestCase("a;b=c,d'()!*@&$=:~")]
    [TestCase("%22%3C%3E%7C%23%3F%5B%5D.html")]
    [TestCase("%F0%9F%98%80")]
    public async Task A_name_is_what_the_path_says(string path)
    {
        await Forms.HaveFile("1", path, Small);
        await Forms.HaveFile("1", $"{path}/{path}", Small);
        var name = Uri.UnescapeDataString(path);
        (await Forms.ListFiles("1")).ShouldBe([name, $"{name}/{name}"]);
        (await Forms.Download("1", path)).Body.ShouldBe(Small);
    }

    [TestCase("a%01", "file_name_invalid")]
    [TestCase("a%7F", "file_name_invalid")]
    [TestCase("a%C2%85", "file_name_invalid")]
    [TestCase("a%5Cb", "file_name_invalid")]
    [TestCase("a%2Fb", "file_name_invalid")]
    [TestCase("%E2%80%AE", "file_name_invalid")]
    [TestCase("%EF%BF%BE", "file_name_invalid")]
    [TestCase("%FF", "path_invalid")]
    [TestCase("%ED%A0%80", "path_invalid")]
    [TestCase("a%2", "path_invalid")]
    [TestCase(".", "path_invalid")]
    [TestCase("..", "path_invalid")]
    [TestCase("%2E%2E", "path_invalid")]
    [TestCase("", "path_invalid")]
    public async Task Refuses_a_segment_that_is_no_name(string segment, string code)
    {
        foreach (var path in new[] { segment, $"folder/{segment}", $"{segment}/a.png" })
        {
            (await Raw("GET", Forms.Content("1", path))).ShouldBeErrors(400, code);
            (await Raw("POST", Forms.Content("1", path), "Content-Length: 0")).ShouldBeErrors(400, code);
            (await Raw("DELETE", $"{Forms.Attachments("1")}/{path}")).ShouldBeErrors(400, code);
        }

        (await Forms.ListFiles("1")).ShouldBeEmpty();
    }

    [Test]
    public async Task A_trailing_slash_does_not_delete_the_file_before_it()
    {
        await Forms.HaveFile("1", "a", Small);
        (await Raw("DELETE", $"{Forms.Attachments("1")}/a/")).ShouldBeErrors(400, "path_invalid");
        (await Forms.ListFiles("1")).ShouldBe(["a"]);
    }

    [Test]
    public async Task Refuses_a_name_of_more_than_255_bytes()
    {
        await Forms.HaveFile("1", new string('x', 255), Small);
        (await Forms.Upload("1", new string('x', 256), Body.Raw(Small))).ShouldBeErrors(400, "file_name_too_long");
        var letters = string.Concat(Enumerable.Repeat("%C3%A9", 128));
        (await Forms.Upload("1", letters, Body.Raw(Small))).ShouldBeErrors(400, "file_name_too_long");
    }

    [Test]
    public async Task There_is_one_level_of_folders()
    {
        (await Forms.Upload("1", "a/b/c", Body.Raw(Small))).ShouldBeNothing();
        (await Forms.Download("1", "a/b/c")).ShouldBeNothing();
        (await Forms.Detach("1", "a/b/c")).ShouldBeNothing();
    }

    [Test]
    public async Task An_unknown_method_is_told_the_known_ones()
    {
        var put = await Forms.Send(HttpMethod.Put, Forms.Content("1", "a"), Body.Raw(Small));
        put.ShouldBeErrors(405, "method_not_allowed");
        put.Field("Allow")!.Split(", ").Order().ShouldBe(["DELETE", "GET", "HEAD", "OPTIONS", "POST"]);
        var get = await Forms.Send(HttpMethod.Get, $"{Forms.Attachments("1")}/a");
        get.ShouldBeErrors(405, "method_not_allowed");
        get.Field("Allow").ShouldBe("DELETE");
    }

    [Test]
    public async Task A_refused_upload_is_not_asked_for_its_body()
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(
            "POST", Forms.Content("2", "a"), "Content-Length: 1000000", "Content-Type: image/png", "Expect: 100-continue"));
        (await connection.ReadAnswer()).ShouldBeNothing();
    }

    [Test]
    public async Task An_upload_that_breaks_off_changes_nothing([Values(100, 600_000)] int sent)
    {
        await Forms.HaveFile("1", "a", Small);
        await using (var connection = await Service.Connect())
        {
            await connection.Send(Service.RequestHead("POST", Forms.Content("1", "a"), $"Content-Length: {Large.Length}"));
            await connection.Send(Large[..sent]);
            if (sent > Files.Small)
            {
                await Service.WaitForPendingBlob();
            }

            connection.Drop();
        }

        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Forms.Download("1", "a")).Body.ShouldBe(Small);
    }

    private static async Task<Answer> Raw(string method, string target, params string[] fields)
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(method, target, fields));
        return await connection.ReadAnswer();
    }
}
