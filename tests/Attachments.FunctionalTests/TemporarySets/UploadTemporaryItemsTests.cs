using System.Globalization;
using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.TemporarySets;

[TestFixture]
internal sealed class UploadTemporaryItemsTests : TemporarySetsFixture
{
    private static readonly byte[] Small = Files.Make(Files.Small);
    private static readonly byte[] Large = Files.Make(Files.Large);

    private static readonly string[] Members =
        ["TemporaryId", "Id", "Name", "FileName", "ContentType", "CreatedAt", "CreatedById", "Size", "Self", "Content"];

    [Test]
    public async Task Takes_the_request_of_the_seed_as_it_is()
    {
        const string Id = "4bb709c2-e0e7-4af3-9f60-a045016a9610";
        const string Boundary = "65bf6b94-c91c-442c-abe7-f41444d7c71f";
        var screenshot = Files.Make(122454);
        byte[] body =
        [
            .. Encoding.ASCII.GetBytes(
                $"--{Boundary}\r\n"
                + "Content-Disposition: attachment; filename=screenshot1.png; name=\"screenshot 1\"; size=122454\r\n"
                + "Content-Type: image/png\r\n"
                + "Content-Length: 3\r\n\r\n"),
            .. screenshot,
            .. Encoding.ASCII.GetBytes(
                $"\r\n--{Boundary}\r\n"
                + "Content-Disposition: attachment; filename=notes.txt; name=notes; size=3\r\n"
                + "Content-Type: text/plain\r\n"
                + "Content-Length: 3\r\n\r\n"
                + $"ABC\r\n--{Boundary}--\r\n"),
        ];
        await using var connection = await Service.Connect();
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        await connection.Send(Service.RequestHead(
            "POST",
            $"/api/temporaryattachmentset/{Id}",
            $"Content-Type: multipart/mixed; boundary={Boundary}",
            $"Content-Length: {body.Length}"));
        await connection.Send(body);
        var answer = await connection.ReadAnswer();
        answer.Status.ShouldBe(201, answer.Text);
        answer.Field("Content-Type").ShouldBe("application/json; charset=utf-8");
        var items = answer.Json.EnumerateArray().ToList();
        items.Count.ShouldBe(2);
        foreach (var item in items)
        {
            item.Names().ShouldBe(Members);
            item.Text("TemporaryId").ShouldBe(Id);
            item.Text("Self").ShouldBe($"{Service.Address}api/temporaryattachmentset/{Id}/attachment/{item.Id()}");
            item.Text("Content").ShouldBe($"{Service.Address}api/attachment/{item.Id()}/contents");
            Guid.ParseExact(item.Id(), "D").ShouldNotBe(Guid.Empty);
            item.Text("CreatedAt").ShouldMatch("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$");
            DateTimeOffset.Parse(item.Text("CreatedAt"), CultureInfo.InvariantCulture).ShouldBeInRange(before, DateTimeOffset.UtcNow);
        }

        Described(items[0]).ShouldBe(("screenshot 1", "screenshot1.png", "image/png", 122454));
        Described(items[1]).ShouldBe(("notes", "notes.txt", "text/plain", 3));
        var set = new TemporarySet(Service.Admin, Id);
        (await set.Items()).Select(item => item.GetRawText()).ShouldBe(items.Select(item => item.GetRawText()));
        (await Service.Admin.GetByteArrayAsync(new Uri(items[0].Text("Content")))).ShouldBe(screenshot);
        (await Service.Admin.GetByteArrayAsync(new Uri(items[1].Text("Content")))).ShouldBe("ABC"u8.ToArray());
        (await Service.Admin.GetStringAsync(new Uri(items[0].Text("Self")))).ShouldBe(items[0].GetRawText());
        (await set.Drop()).Status.ShouldBe(200);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [TestCase("multipart/form-data; boundary={0}")]
    [TestCase("multipart/mixed; boundary=\"{0}\"")]
    [TestCase("Multipart/Related; type=\"image/jpeg\"; boundary={0}")]
    [TestCase("multipart/x-anything; boundary={0}")]
    public async Task Takes_any_multipart(string type)
    {
        var parts = Body.MultipartBytes(Part.File("a", Small), Part.File("b", Large) with { Type = "attachment" });
        var answer = await Set.Upload(Body.Create(parts, string.Format(CultureInfo.InvariantCulture, type, Body.Boundary)));
        answer.Status.ShouldBe(201, answer.Text);
        answer.Json.EnumerateArray().Select(item => item.Text("Name")).ShouldBe(["a", "b"]);
        (await Set.Download(answer.Json[0].Id())).Body.ShouldBe(Small);
        (await Set.Download(answer.Json[1].Id())).Body.ShouldBe(Large);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(Files.Small)]
    [TestCase(Files.Large)]
    public async Task Tells_the_size_that_was_received(int length)
    {
        var file = new Part("; name=a; filename=b; size=77", Files.Make(length), "Content-Length: 88");
        (await Set.Upload(file)).Json[0].GetProperty("Size").GetInt64().ShouldBe(length);
    }

    [Test]
    public async Task Adds_to_what_is_there_in_the_order_of_uploading()
    {
        await Set.Have("b", "a");
        await Set.Have("c");
        await Set.Have("a");
        (await Set.Names()).ShouldBe(["b", "a", "c", "a"]);
    }

    [TestCase("; filename=photo.jpg", "photo.jpg", "photo.jpg")]
    [TestCase("; filename=photo.jpg; name=\"\"", "photo.jpg", "photo.jpg")]
    [TestCase("; filename=photo.jpg; name=\" a b \"", " a b ", "photo.jpg")]
    [TestCase("; name=\"字\"; filename=\"dir\\\\é.jpg\"", "字", "é.jpg")]
    [TestCase("; name=x; filename=a; filename*=UTF-8''%e5%ad%97.jpg", "x", "字.jpg")]
    public async Task Calls_a_file_by_its_name_or_else_by_that_of_the_file(string disposition, string name, string fileName)
    {
        var item = (await Set.Upload(new Part(disposition, Small) { Type = "attachment" })).Json[0];
        item.Text("Name").ShouldBe(name);
        item.Text("FileName").ShouldBe(fileName);
    }

    [TestCase(null, "application/octet-stream")]
    [TestCase("image/PNG", "image/png")]
    [TestCase("text/plain; charset=utf-8", "text/plain; charset=utf-8")]
    [TestCase("nonsense", "application/octet-stream")]
    [TestCase("text/plain; charset=\"", "text/plain")]
    [TestCase("*/*", "application/octet-stream")]
    [TestCase("a'b/c", "application/octet-stream")]
    [TestCase("a'b/c; d=e", "application/octet-stream")]
    public async Task Keeps_the_content_type_of_the_part(string? sent, string kept)
    {
        string[] fields = sent is null ? [] : [$"Content-Type: {sent}"];
        var item = (await Set.Upload(new Part("; name=a; filename=b", Small, fields))).Json[0];
        item.Text("ContentType").ShouldBe(kept);
        (await Set.Download(item.Id())).Field("Content-Type").ShouldBe(kept);
    }

    private static IEnumerable<Part[]> WithoutAFile() =>
    [
        [],
        [Part.Field("a", "b")],
        [Part.File("a", Small, "")],
        [new Part("; name=a", Small) { Type = "attachment" }],
    ];

    [TestCaseSource(nameof(WithoutAFile))]
    public async Task Forbids_a_request_without_a_file(Part[] parts)
    {
        (await Set.Upload(parts)).ShouldBeProblem(403, "files_missing");
        (await Set.Items()).ShouldBeEmpty();
    }

    [TestCase("inline")]
    [TestCase("INLINE")]
    [TestCase("x-another")]
    public async Task Takes_a_file_of_any_disposition(string type)
    {
        (await Set.Upload(Part.File("first", Large), new Part("; name=a; filename=b.png", Small) { Type = type })).Status.ShouldBe(201);
        var items = await Set.Items();
        items.Select(item => item.Text("FileName")).ShouldBe(["photo.jpg", "b.png"]);
        (await Set.Download(items[1].Id())).Body.ShouldBe(Small);
    }

    [TestCase("; name=a; filename=..", "file_name_invalid")]
    [TestCase("; name=a; filename=b\r\nContent-Transfer-Encoding: base64", "transfer_encoding_invalid")]
    [TestCase("; name=a; filename*0*=b", "content_disposition_invalid")]
    public async Task Refuses_a_file_of_any_disposition_that_cannot_be_read(string disposition, string code)
    {
        (await Set.Upload(Part.File("file", Small), new Part(disposition, "!"u8.ToArray()) { Type = "inline" })).ShouldBeProblem(400, code);
        (await Set.Items()).ShouldBeEmpty();
    }

    [TestCase(null)]
    [TestCase("application/octet-stream")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("application/json")]
    public async Task Refuses_what_is_not_multipart(string? type) =>
        (await Set.Upload(Body.Create(Small, type))).ShouldBeProblem(415, "media_type_unsupported");

    private static IEnumerable<TestCaseData> Broken()
    {
        var whole = Body.MultipartBytes(Part.File("a", Small), Part.File("b", Large));
        yield return new TestCaseData("multipart_boundary_missing", whole, "multipart/mixed");
        yield return new TestCaseData("multipart_invalid", whole, "multipart/mixed; boundary=another");
        yield return new TestCaseData("multipart_invalid", whole[..^10], Body.MultipartType);
        yield return new TestCaseData("multipart_invalid", whole[..^100_000], Body.MultipartType);
    }

    [TestCaseSource(nameof(Broken))]
    public async Task Refuses_a_broken_body_and_keeps_nothing_of_it(string code, byte[] body, string type)
    {
        (await Set.Upload(Body.Create(body, type))).ShouldBeProblem(400, code);
        (await Set.Items()).ShouldBeEmpty();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [TestCase("; name=a; filename=..", "file_name_invalid")]
    [TestCase("; name*=UTF-8''a%00; filename=b", "item_name_invalid")]
    public async Task Refuses_names_that_cannot_be_kept(string disposition, string code)
    {
        await Set.Have("before");
        (await Set.Upload(Part.File("first", Small), new Part(disposition, Small))).ShouldBeProblem(400, code);
        (await Set.Names()).ShouldBe(["before"]);
    }

    [Test]
    public async Task A_name_has_up_to_1000_characters()
    {
        var longest = new string('n', 1000);
        (await Set.Upload(Part.File(longest, Small))).Json[0].Text("Name").ShouldBe(longest);
        (await Set.Upload(Part.File(longest + "n", Small))).ShouldBeProblem(400, "item_name_invalid");
    }

    [Test]
    public async Task Refuses_a_name_before_the_file_has_come()
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(
            "POST", Set.Address, $"Content-Type: {Body.MultipartType}", "Content-Length: 1000000"));
        await connection.Send(Part.File(new string('n', 1001), []).Bytes());
        (await connection.ReadAnswer()).ShouldBeProblem(400, "item_name_invalid");
    }

    [Test]
    public async Task A_full_set_is_not_sent_any_file()
    {
        await Set.Have("a");
        await Service.Execute($"UPDATE temporary_sets SET item_count = 1000000 WHERE temporary_id = '{Set.Id}'");
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(
            "POST", Set.Address, $"Content-Type: {Body.MultipartType}", "Content-Length: 1000000", "Expect: 100-continue"));
        (await connection.ReadAnswer()).ShouldBeProblem(400, "too_many_items");
        (await Set.Drop()).Status.ShouldBe(200);
    }

    [Test]
    public async Task Keeps_none_of_200_files_of_which_one_fails([Values(0, 100, 199)] int failing, [Values(Files.Small, 9000)] int length)
    {
        await using var service = await TestBed.StartService("--Storage:ReclaimAfter=00:00:00");
        var set = TemporarySet.New(service.Member);
        var parts = Enumerable.Range(0, 200).Select(i => Part.File($"file {i}", Files.Make(length, i))).ToArray();
        var good = parts[failing];
        parts[failing] = Part.File("bad", Files.Make(length, 1000), "photo.jpg", $"Content-Digest: {good.Content.Sha256Member()}");
        (await set.Upload(parts)).ShouldBeProblem(400, "digest_mismatch");
        (await set.Items()).ShouldBeEmpty();
        await service.ShouldKeepOnlyWhatIsReferredTo();
        (await service.CountBlobs()).ShouldBe(0);

        parts[failing] = good;
        var answer = await set.Upload(parts);
        answer.Status.ShouldBe(201, answer.Text);
        answer.Json.GetArrayLength().ShouldBe(200);
        (await set.Names()).ShouldBe(Enumerable.Range(0, 200).Select(i => $"file {i}"));
        (await set.Download(answer.Json[199].Id())).Body.ShouldBe(parts[199].Content);
        await service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Refuses_2000_parts()
    {
        await using var service = await TestBed.StartService("--Storage:ReclaimAfter=00:00:00");
        var set = TemporarySet.New(service.Member);
        (await set.Upload([.. Enumerable.Range(0, 2000).Select(i => Part.File($"{i}", [1]))])).ShouldBeProblem(413, "too_many_parts");
        (await set.Items()).ShouldBeEmpty();
        await service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Refuses_a_part_with_100_KB_of_headers()
    {
        (await Set.Upload(Part.File("a", Small), Part.File("b", Small, "b", $"X-Long: {new string('x', 100_000)}")))
            .ShouldBeProblem(400, "multipart_headers_too_large");
        (await Set.Items()).ShouldBeEmpty();
    }

    [Test]
    public async Task Refuses_a_file_that_is_too_large_with_all_the_others()
    {
        (await Set.Upload(Part.File("a", Small), Part.File("b", new byte[TestBed.MaxUploadBytes + 1])))
            .ShouldBeProblem(413, "upload_too_large");
        (await Set.Items()).ShouldBeEmpty();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [TestCase(100)]
    [TestCase(600_000)]
    public async Task Changes_nothing_when_the_client_goes_away(int sent)
    {
        var set = TemporarySet.New(Service.Admin);
        await set.Have("before");
        var body = Body.MultipartBytes(Part.File("a", Large), Part.File("b", Large));
        await using (var connection = await Service.Connect())
        {
            await connection.Send(Service.RequestHead(
                "POST", set.Address, $"Content-Type: {Body.MultipartType}", $"Content-Length: {body.Length}"));
            await connection.Send(body.AsSpan(0, sent).ToArray());
            connection.Drop();
        }

        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await set.Names()).ShouldBe(["before"]);
    }

    [Test]
    public async Task Makes_a_new_set_or_adds_to_one_that_is_there_as_the_preconditions_say()
    {
        (await Set.Upload(Body.Multipart(Part.File("a", Small)), ("If-Match", "*"))).ShouldBeProblem(412, "precondition_failed");
        (await Set.Upload(Body.Multipart(Part.File("a", Small)), ("If-None-Match", "*"))).Status.ShouldBe(201);
        (await Set.Upload(Body.Multipart(Part.File("b", Small)), ("If-None-Match", "*"))).ShouldBeProblem(412, "precondition_failed");
        (await Set.Upload(Body.Multipart(Part.File("b", Small)), ("If-Match", "*"))).Status.ShouldBe(201);
        (await Set.Upload(Body.Multipart(Part.File("c", Small)), ("If-Match", "nonsense"))).ShouldBeProblem(400, "precondition_invalid");
        (await Set.Names()).ShouldBe(["a", "b"]);
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task Uploads_into_one_set_at_once_all_stand()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Set.Upload(
            Part.File($"{i} a", Files.Make(i % 2 == 0 ? Files.Small : Files.Large, i)), Part.File($"{i} b", Small))));
        answers.ShouldAllBe(answer => answer.Status == 201);
        var names = await Set.Names();
        names.Order().ShouldBe(Enumerable.Range(0, 16).SelectMany(i => new[] { $"{i} a", $"{i} b" }).Order());
        foreach (var (first, second) in names.Chunk(2).Select(pair => (pair[0], pair[1])))
        {
            second.ShouldBe(first.Replace('a', 'b'), "the files of one request stay together");
        }

        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task The_first_of_several_owners_gets_the_id()
    {
        var clients = new[] { Service.Member, Service.Other };
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Set.As(clients[i % 2]).Upload(Part.File($"{i}", Small))));
        var owner = Array.FindIndex(answers, answer => answer.Status == 201) % 2;
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i].Status.ShouldBe(i % 2 == owner ? 201 : 404, answers[i].Text);
        }

        (await Set.As(clients[owner]).Items()).Count.ShouldBe(6);
    }

    private static (string Name, string FileName, string ContentType, long Size) Described(System.Text.Json.JsonElement item) =>
        (item.Text("Name"), item.Text("FileName"), item.Text("ContentType"), item.GetProperty("Size").GetInt64());
}
