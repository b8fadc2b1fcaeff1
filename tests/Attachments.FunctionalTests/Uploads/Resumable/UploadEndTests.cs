using System.Security.Cryptography;
using Attachments.Api.Callers;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Uploads.Resumable;

/// <summary>The end of an upload: the rules of the family as they are then, the metadata of the file, and what is left of it.</summary>
[TestFixture]
internal sealed class UploadEndTests
{
    private static readonly byte[] File = Files.Make(Files.Large);

    private static RunningService Service => TestBed.Service;

    [Test]
    public async Task Refuses_when_the_session_is_gone()
    {
        var project = Project.New(Service.Admin);
        await project.Have("s");
        var upload = await Service.Admin.Have(project.Attachment("s", "p"), 2);
        (await project.Delete("s")).ShouldSucceed();
        (await Service.Admin.Append(upload, 0, [1, 2])).ShouldBeTusProblem(404, "session_not_found");
        (await Service.Admin.AskOffset(upload)).Status.ShouldBe(410);
        var result = (await Service.Admin.Ask(HttpMethod.Get, upload)).Json.GetProperty("result");
        result.GetProperty("status").GetInt32().ShouldBe(404);
        result.GetProperty("body").GetProperty("code").GetString().ShouldBe("session_not_found");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Refuses_when_the_last_token_does_not_allow_it()
    {
        const string Subject = "device";
        using var allowed = Service.ClientWith(Service.Sign(new TokenRequest(Subject) { Projects = [RunningService.MembersProject] }));
        using var withdrawn = Service.ClientWith(Service.Sign(new TokenRequest(Subject)));
        var project = new Project(Service.Admin, RunningService.MembersProject);
        var session = Guid.NewGuid().ToString();
        await project.Have(session);
        var upload = await allowed.Have(project.Attachment(session, "p"), 2);
        (await withdrawn.Append(upload, 0, [1])).ShouldBeAt(1);
        (await withdrawn.Append(upload, 1, [2])).ShouldBeTusProblem(403, "project_forbidden");
    }

    [Test]
    public async Task Refuses_when_the_precondition_does_not_hold_any_more()
    {
        var project = Project.New(Service.Admin);
        await project.Have("s");
        var address = project.Attachment("s", "p");
        var upload = await Service.Admin.Have(address, 2, ("If-None-Match", "*"));
        (await project.Attach("s", "p", Body.Raw([9]))).ShouldSucceed();
        (await Service.Admin.Append(upload, 0, [1, 2])).ShouldBeTusProblem(412, "precondition_failed");
        (await project.FileIn("s", "p")).ShouldBe([9]);
        (await Service.Admin.Begin(address, 2, ("If-None-Match", "*"))).ShouldBeTusProblem(412, "precondition_failed");
        var tag = new byte[] { 9 }.EntityTag();
        var replacing = await Service.Admin.Have(address, 2, ("If-Match", tag));
        (await Service.Admin.Append(replacing, 0, [1, 2])).ShouldBeFinished([1, 2]);
    }

    [Test]
    public async Task Creates_the_set_with_its_first_upload_and_adds_to_that_set_only()
    {
        var set = TemporarySet.New(Service.Admin);
        var first = await Service.Admin.Have(set.Address, 2, Tus.Metadata(("name", "a name"), ("filename", "f.txt"), ("filetype", "text/plain")));
        var late = await Service.Admin.Have(set.Address, 2);
        (await Service.Other.Ask(HttpMethod.Get, set.Address)).Status.ShouldBe(404);
        (await Service.Admin.Append(first, 0, [1, 2])).ShouldBeFinished([1, 2]);
        var item = (await set.Items()).Single();
        item.Text("Name").ShouldBe("a name");
        item.Text("FileName").ShouldBe("f.txt");
        item.Text("ContentType").ShouldBe("text/plain");
        var described = (await Service.Admin.Ask(HttpMethod.Get, first)).Json.GetProperty("result");
        described.GetProperty("status").GetInt32().ShouldBe(201);
        described.GetProperty("body").ShouldBeJson($"[{item.GetRawText()}]");
        (await set.Drop()).Status.ShouldBe(200);
        (await Service.Admin.Append(late, 0, [1, 2])).ShouldBeTusProblem(404, "temporary_set_not_found");
        (await set.Items()).ShouldBeEmpty();
    }

    [Test]
    public async Task Takes_many_into_one_set_at_once()
    {
        var set = TemporarySet.New(Service.Admin);
        var uploads = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Service.Admin.Have(set.Address, 3)));
        var answers = await Task.WhenAll(uploads.Select(upload => Service.Admin.Append(upload, 0, [1, 2, 3])));
        answers.ShouldAllBe(answer => answer.Status == 204);
        (await set.Items()).Count.ShouldBe(20);
        (await set.Claim("""{"Owned":{} }""")).Status.ShouldBe(200);
    }

    [Test]
    public async Task Makes_an_owned_attachment_of_the_fields()
    {
        var metadata = Tus.Metadata(
            ("filename", "map.json"), ("filetype", "application/json"), ("description", "a map"), ("owned_by_org", "5"), ("sequence_map_for", "{\"a\":1}"));
        var upload = await Service.Admin.Have("/v1/attachments/", 2, metadata);
        var answer = await Service.Admin.Append(upload, 0, [1, 2]);
        var entry = await Service.Admin.Ask(HttpMethod.Get, answer.ShouldBeFinished([1, 2]));
        entry.ShouldBeEntry();
        answer.Field("ETag").ShouldBe(entry.Field("ETag"));
        entry.Json.Text("filename").ShouldBe("map.json");
        entry.Json.Text("description").ShouldBe("a map");
        entry.Json.GetProperty("owned_by_org").GetInt64().ShouldBe(5);
        entry.Json.RawText("sequence_map_for").ShouldBe("{\"a\":1}");
        var result = (await Service.Admin.Ask(HttpMethod.Get, upload)).Json.GetProperty("result");
        result.GetProperty("body").ShouldBeJson(entry.Text);
        (await Service.Other.Begin("/v1/attachments/", 2, Tus.Metadata(("owned_by_org", "5")))).ShouldBeTusProblem(403, "organisation_forbidden");
        (await Service.Other.Begin("/v1/attachments/", 2, Tus.Metadata(("owned_by_org", "x")))).ShouldBeTusProblem(400, "validation_failed");
    }

    [Test]
    public async Task Replaces_the_bytes_of_an_owned_attachment_and_nothing_that_is_not_sent()
    {
        var owned = OwnedFiles.OfAdmin(Service);
        var id = await owned.Have(Files.Make(Files.Small), ("description", "old"));
        var upload = await Service.Admin.Have(OwnedFiles.Target(id), 2);
        (await Service.Admin.Append(upload, 0, [1, 2])).ShouldBeFinished([1, 2]).ShouldBe(OwnedFiles.Target(id));
        var download = await owned.Download(id);
        download.Body.ShouldBe([1, 2]);
        download.Field("Content-Type").ShouldBe("image/png");
        (await owned.Entry(id)).Text("description").ShouldBe("old");
        (await owned.Entry(id)).Text("filename").ShouldBe(OwnedFiles.PhotoName);
    }

    [Test]
    public async Task Keeps_the_type_of_a_record_file_by_its_name()
    {
        var forms = FormType.New(Service.Admin);
        await forms.Have("1");
        var upload = await Service.Admin.Have(forms.Content("1", "a.png"), 2, Tus.Metadata(("filename", "other.txt")));
        (await Service.Admin.Append(upload, 0, [1, 2])).ShouldBeFinished([1, 2]);
        (await forms.Download("1", "a.png")).Field("Content-Type").ShouldBe("image/png");
        var missing = await Service.Admin.Begin(forms.Content("2", "a.png"), 2);
        missing.Status.ShouldBe(404);
    }

    [Test]
    public async Task Is_not_for_signed_links()
    {
        var link = await Service.Admin.MakeLink("/v1/attachments", """ "method":"POST" """);
        var answer = await Service.Anonymous.Begin(link.GetProperty("url").GetString()!, 2);
        answer.ShouldBeTusProblem(403, "link_not_resumable");
    }

    [Test]
    public async Task Computes_the_digests_of_what_several_instances_received()
    {
        await using var one = await TestBed.StartService();
        await using var two = await RunningService.Start(one.ConnectionString, TimeProvider.System);
        var project = Project.New(one.Admin);
        await project.Have("s");
        var sha512 = $"sha-512=:{Convert.ToBase64String(SHA512.HashData(File))}:";
        var upload = await one.Admin.Have(project.Attachment("s", "p"), File.Length, ("Repr-Digest", sha512));
        (await one.Admin.Append(upload, 0, File[..1000])).ShouldBeAt(1000);
        (await two.Admin.Append(upload, 1000, File[1000..300_000])).ShouldBeAt(300_000);
        (await one.Admin.Append(upload, 300_000, File[300_000..400_000])).ShouldBeAt(400_000);
        (await two.Admin.Append(upload, 400_000, File[400_000..])).ShouldBeFinished(File);
        var download = await project.Download("s", "p", ("Want-Repr-Digest", "sha-512=1"));
        download.Body.ShouldBe(File);
        download.Field("Repr-Digest").ShouldBe(sha512);
        (await one.Verify()).ShouldBe(0);
    }

    [Test]
    public async Task Finishes_a_whole_upload_when_it_is_asked_for()
    {
        // As if the service had been killed between the last byte and the end.
        await using var service = await TestBed.StartService();
        var project = Project.New(service.Admin);
        await project.Have("s");
        var upload = await service.Admin.Have(project.Attachment("s", "p"), File.Length);
        (await service.Admin.Append(upload, 0, File[..^1])).ShouldBeAt(File.Length - 1);
        var id = upload["/uploads/".Length..];
        await service.Execute(
            $"""
            UPDATE uploads SET length = {File.Length - 1} WHERE id = '{id}'
            """);
        (await service.Admin.AskOffset(upload)).ShouldBeFinished(File[..^1], 200);
        (await project.FileIn("s", "p")).ShouldBe(File[..^1]);
    }

    [Test]
    public async Task Expires_without_progress_and_at_its_greatest_age()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var service = await TestBed.StartService(time, "--Storage:AbandonAfter=01:00:00", "--Uploads:MaxAge=03:00:00", "--Storage:ReclaimAfter=00:00:00");
        using var client = service.ClientWith(service.Sign(new TokenRequest("admin") { IsAdmin = true, Lifetime = TimeSpan.FromDays(2) }));
        var project = Project.New(client);
        await project.Have("s");
        var idle = await client.Have(project.Attachment("s", "a"), 100);
        var dripping = await client.Have(project.Attachment("s", "b"), 100);
        var finished = await client.Have(project.Attachment("s", "c"), 1);
        (await client.Append(finished, 0, [1])).ShouldBeFinished([1]);
        for (var offset = 0; offset < 4; offset++)
        {
            (await client.AskOffset(idle)).Status.ShouldBe(offset < 2 ? 200 : 410);
            (await client.Append(dripping, offset, [1])).ShouldBeAt(offset + 1);
            time.Advance(TimeSpan.FromMinutes(45) - TimeSpan.FromSeconds(1));
        }

        (await client.Append(dripping, 4, [1])).ShouldBeAt(5);
        time.Advance(TimeSpan.FromMinutes(1));
        (await client.AskOffset(dripping)).Status.ShouldBe(410);
        (await client.Ask(HttpMethod.Get, "/uploads")).Json.GetProperty("uploads").GetArrayLength().ShouldBe(0);
        await service.Sweep();
        await service.Sweep();
        foreach (var upload in (string[])[idle, dripping, finished])
        {
            (await client.AskOffset(upload)).Status.ShouldBe(404);
        }

        (await project.FileIn("s", "c")).ShouldBe([1]);
        await service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Limits_the_open_uploads_of_a_user()
    {
        await using var service = await TestBed.StartService("--Uploads:MaxOpen=2");
        await service.Admin.Have("/v1/attachments/", 5);
        var second = await service.Admin.Have("/v1/attachments/", 5);
        var answer = await service.Admin.Begin("/v1/attachments/", 5);
        answer.ShouldBeTusProblem(429, "too_many_uploads");
        answer.Field("Retry-After").ShouldNotBeNull();
        await service.Other.Have("/v1/attachments/", 5);
        (await service.Admin.End(second)).Status.ShouldBe(204);
        await service.Admin.Have("/v1/attachments/", 5);
    }

    [Test]
    public async Task Lists_page_by_page()
    {
        await using var service = await TestBed.StartService();
        var uploads = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            uploads.Insert(0, (await service.Admin.Have("/v1/attachments/", 5))["/uploads/".Length..]);
        }

        var listed = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = (await service.Admin.Ask(HttpMethod.Get, $"/uploads?limit=2&after={next}")).Json;
            listed.AddRange(page.GetProperty("uploads").EnumerateArray().Select(upload => upload.Text("id")));
            next = page.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }

        listed.ShouldBe(uploads);
        (await service.Admin.Ask(HttpMethod.Get, "/uploads?after=x")).ShouldBeProblem(400, "validation_failed");
        (await service.Admin.Ask(HttpMethod.Get, "/uploads?limit=201")).ShouldBeProblem(400, "validation_failed");
    }
}
