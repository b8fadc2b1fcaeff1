using System.IO.Compression;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Archives;

/// <summary>Archives of every family.</summary>
[TestFixture]
internal sealed class ArchiveTests
{
    private static readonly (string Name, byte[] Content)[] Some =
    [
        ("b.bin", Files.Make(Files.Large)),
        ("a.txt", Files.Make(Files.Small)),
        ("empty", []),
        ("Größe 😀.jpg", Files.Make(300_000)),
    ];

    private RunningService service = null!;

    private static IEnumerable<ArchiveSource> Sources => ArchiveSource.All;

    [OneTimeSetUp]
    public async Task Start() => service = await TestBed.StartService("--Storage:ReclaimAfter=00:00:00", "--Archives:MaxEntries=20");

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [TestCaseSource(nameof(Sources))]
    public async Task Holds_all_files_by_their_names(ArchiveSource source)
    {
        var address = await source.Have(service, Some);
        var answer = await service.Admin.Get(address);
        answer.Status.ShouldBe(200, answer.Text);
        answer.Field("Content-Type").ShouldBe("application/zip");
        answer.Field("Content-Disposition")!.ShouldContain("attachment; filename=");
        Uri.UnescapeDataString(answer.Field("Content-Disposition")!).ShouldContain(source.GetFileName(address));
        answer.Field("Content-Length").ShouldBe($"{answer.Body.Length}");
        answer.Field("Accept-Ranges").ShouldBe("bytes");
        answer.Field("ETag")!.ShouldMatch("^\"[0-9a-f]{64}\"$");
        answer.Field("Last-Modified").ShouldNotBeNull();
        answer.Field("Repr-Digest").ShouldBeNull();
        answer.Field("X-Content-Type-Options").ShouldBe("nosniff");
        string[] names = ["a.txt", "b.bin", "empty", "Größe 😀.jpg"];
        Read(answer.Body).ShouldBe(
            names.Select(name => (source.GetEntryName(name), Some.Single(file => file.Name == name).Content.EntityTag()))
                .OrderBy(entry => entry.Item1, StringComparer.Ordinal));
    }

    [TestCaseSource(nameof(Sources))]
    public async Task Is_the_same_until_a_file_changes(ArchiveSource source)
    {
        var address = await source.Have(service, Some);
        var first = await service.Admin.Get(address);
        (await service.Admin.Get(address)).Body.ShouldBe(first.Body);
        var tag = first.Field("ETag")!;
        (await service.Admin.Get(address, ("If-None-Match", tag))).Status.ShouldBe(304);
        (await service.Admin.Get(address, ("If-Match", "\"other\""))).Status.ShouldBe(412);
        var part = await service.Admin.Get(address, ("Range", "bytes=100-299"), ("If-Range", tag));
        part.Status.ShouldBe(206);
        part.Field("Content-Range").ShouldBe($"bytes 100-299/{first.Body.Length}");
        part.Body.ShouldBe(first.Body[100..300]);
        (await service.Admin.Get(address, ("Range", $"bytes={first.Body.Length}-"))).Status.ShouldBe(416);

        await source.Change(service, address, Some[0].Name, [1, 2, 3]);
        var changed = await service.Admin.Get(address, ("Range", "bytes=100-299"), ("If-Range", tag));
        changed.Status.ShouldBe(200);
        changed.Field("ETag").ShouldNotBe(tag);
        Read(changed.Body).Select(entry => entry.Tag).ShouldContain(new byte[] { 1, 2, 3 }.EntityTag());
    }

    [TestCaseSource(nameof(Sources))]
    public async Task Ranges_put_together_are_the_whole(ArchiveSource source)
    {
        var address = await source.Have(service, Some);
        var whole = (await service.Admin.Get(address)).Body;
        var random = new Random(5);
        var parts = new List<byte>();
        while (parts.Count < whole.Length)
        {
            var last = Math.Min(whole.Length - 1, parts.Count + random.Next(1, 200_000));
            var part = await service.Admin.Get(address, ("Range", $"bytes={parts.Count}-{last}"));
            part.Status.ShouldBe(206);
            parts.AddRange(part.Body);
        }

        parts.ToArray().ShouldBe(whole);
    }

    [TestCaseSource(nameof(Sources))]
    public async Task Is_the_same_from_every_replica(ArchiveSource source)
    {
        var address = await source.Have(service, Some);
        var expected = await service.Admin.Get(address);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await using var replica = await RunningService.Start(service.ConnectionString, TimeProvider.System);
            var answer = await replica.Admin.Get(address, ("If-Match", expected.Field("ETag")!));
            answer.Body.ShouldBe(expected.Body);
        }
    }

    [TestCaseSource(nameof(Sources))]
    public async Task HEAD_says_the_same_without_the_bytes(ArchiveSource source)
    {
        var address = await source.Have(service, Some);
        var get = await service.Admin.Get(address);
        var head = await service.Admin.Head(address);
        head.Status.ShouldBe(200);
        head.Body.ShouldBeEmpty();
        foreach (var field in new[] { "ETag", "Content-Length", "Content-Type", "Content-Disposition", "Last-Modified", "Accept-Ranges" })
        {
            head.Field(field).ShouldBe(get.Field(field), field);
        }
    }

    [TestCaseSource(nameof(Sources))]
    public async Task What_does_not_exist_is_answered_as_its_family_does(ArchiveSource source)
    {
        var (address, status) = source.Missing;
        var answer = await service.Admin.Get(address);
        answer.Status.ShouldBe(status, answer.Text);
        if (status == 200)
        {
            Read(answer.Body).ShouldBeEmpty();
            answer.Field("Last-Modified").ShouldBeNull();
        }
    }

    [TestCaseSource(nameof(Sources))]
    public async Task Is_for_those_who_may_read_the_files(ArchiveSource source)
    {
        var address = await source.Have(service, Some[1]);
        (await service.Anonymous.Get(address)).Status.ShouldBe(401);
        (await service.Other.Get(address)).Status.ShouldBeOneOf(403, 404);
    }

    [TestCaseSource(nameof(Sources))]
    public async Task Is_served_by_a_signed_link(ArchiveSource source)
    {
        var address = await source.Have(service, Some);
        var link = await service.Admin.LinkTo(address, "\"pin\":true,\"filename\":\"all.zip\"");
        var answer = await service.Anonymous.Get(link);
        answer.Status.ShouldBe(200, answer.Text);
        answer.Body.ShouldBe((await service.Admin.Get(address)).Body);
        answer.Field("Content-Disposition").ShouldBe("attachment; filename=\"all.zip\"");
        await source.Change(service, address, Some[0].Name, [1]);
        (await service.Anonymous.Get(link)).ShouldBeRefused(410, "content_replaced");
        (await service.Admin.MakeLink(address, "\"disposition\":\"inline\"")).GetProperty("error").GetProperty("status").GetInt32().ShouldBe(400);
    }

    [TestCaseSource(nameof(Sources))]
    public async Task Options_that_mean_nothing_are_refused(ArchiveSource source)
    {
        var address = await source.Have(service, Some[1]);
        foreach (var option in new[] { "disposition=inline", "preview=thumb", "unavailable=", "unavailable=fail", "unavailable=skip&unavailable=skip" })
        {
            (await service.Admin.Get(With(address, option))).Status.ShouldBe(400, option);
        }

        (await service.Admin.Get(With(address, "unavailable=skip"))).Status.ShouldBe(200);
    }

    [TestCaseSource(nameof(Sources))]
    public async Task Known_missing_bytes_are_told_or_left_out(ArchiveSource source)
    {
        var address = await source.Have(service, ("gone.txt", Files.Make(77, seed: 9)), ("here.txt", [1]));
        await service.Execute("UPDATE blobs SET missing_since = '2026-01-02' WHERE length = 77 AND missing_since IS NULL");
        var refused = await service.Admin.Get(address);
        refused.Status.ShouldBe(409);
        refused.Text.ShouldContain("archive_incomplete");
        refused.Text.ShouldContain("gone.txt");
        (await service.Admin.Head(address)).Status.ShouldBe(409);

        var rest = await service.Admin.Get(With(address, "unavailable=skip"));
        rest.Status.ShouldBe(200);
        using var zip = new ZipArchive(new MemoryStream(rest.Body));
        zip.Entries.Select(entry => entry.FullName).ShouldBe(["NOT-INCLUDED.txt", source.GetEntryName("here.txt")]);
        using var text = new StreamReader(zip.Entries[0].Open());
        (await text.ReadToEndAsync()).ShouldContain("gone.txt");
    }

    [TestCaseSource(nameof(Sources))]
    public async Task Bytes_that_fail_on_the_way_cut_the_connection(ArchiveSource source)
    {
        var address = await source.Have(service, ("first.bin", Files.Make(Files.Large)), ("second.bin", Files.Make(78, seed: 10)));
        await service.Execute("SELECT lo_unlink(large_object) FROM blobs WHERE length = 78 AND released_at IS NULL AND missing_since IS NULL");
        await Should.ThrowAsync<HttpRequestException>(() => service.Admin.GetByteArrayAsync(new Uri(address, UriKind.Relative)));
        await service.Execute("UPDATE blobs SET missing_since = '2026-01-02' WHERE length = 78 AND missing_since IS NULL");
    }

    [TestCaseSource(nameof(Sources))]
    public async Task Files_from_before_checksums_get_them(ArchiveSource source)
    {
        var address = await source.Have(service, Some);
        var before = await service.Admin.Get(address);
        await service.Execute("UPDATE blobs SET crc32 = NULL");
        (await service.Admin.Head(address)).Status.ShouldBe(503);
        (await service.Admin.Get(address)).Body.ShouldBe(before.Body);
        (await service.Admin.Head(address)).Status.ShouldBe(200);
    }

    [TestCase("verify")]
    [TestCase("filler")]
    public async Task Checksums_are_filled_in_without_a_request(string how)
    {
        var address = await ArchiveSource.All[1].Have(service, Some);
        var before = await service.Admin.Head(address);
        await service.Execute("UPDATE blobs SET crc32 = NULL");
        (await service.Admin.Head(address)).Status.ShouldBe(503);
        await (how == "verify" ? service.Verify() : service.FillChecksums());
        (await service.Admin.Head(address)).Field("ETag").ShouldBe(before.Field("ETag"));
    }

    [Test]
    public async Task Many_bytes_without_checksums_are_not_ready()
    {
        var address = await ArchiveSource.All[0].Have(service, ("huge.bin", Files.Make(79)));
        await service.Execute("UPDATE blobs SET crc32 = NULL, length = 2000000000 WHERE length = 79");
        var answer = await service.Admin.Get(address);
        answer.ShouldBeProblem(503, "archive_not_ready");
        answer.Field("Retry-After").ShouldNotBeNull();
        await service.Execute("UPDATE blobs SET length = 79 WHERE length = 2000000000");
    }

    [Test]
    public async Task More_files_than_the_limit_are_refused()
    {
        var files = Enumerable.Range(0, 21).Select(i => ($"{i}.txt", new byte[] { 1 })).ToArray();
        var address = await ArchiveSource.All[3].Have(service, files);
        (await service.Admin.Get(address)).ShouldBeProblem(409, "archive_too_large");
        var most = await ArchiveSource.All[3].Have(service, files[..20]);
        Read((await service.Admin.Get(most)).Body).Count.ShouldBe(20);
    }

    [Test]
    public async Task A_record_keeps_its_folders_and_a_missing_one_is_404()
    {
        var forms = FormType.New(service.Admin);
        await forms.Have("1");
        await forms.HaveFile("1", "a.txt", [1]);
        await forms.HaveFile("1", "b/a.txt", [2]);
        await forms.HaveFile("1", "B/c.txt", [3]);
        Read((await service.Admin.Get(forms.Record("1") + "/archive")).Body).Select(entry => entry.Name)
            .ShouldBe(["B/c.txt", "a.txt", "b (2)/a.txt"]);
        Read((await service.Admin.Get(forms.Record("1") + "/archive/b")).Body).Select(entry => entry.Name).ShouldBe(["a.txt"]);
        (await service.Admin.Get(forms.Record("1") + "/archive/none")).Status.ShouldBe(404);
    }

    [Test]
    public async Task A_file_that_is_called_after_its_point_is_not_called_so_twice()
    {
        var project = Project.New(service.Admin);
        await project.Have("s");
        (await project.Attach("s", "roof", Body.Multipart(Part.File("attachment", [1], "roof-1.jpg")))).ShouldSucceed();
        (await project.Attach("s", "wall", Body.Multipart(Part.File("attachment", [1], "IMG.jpg")))).ShouldSucceed();
        Read((await service.Admin.Get(project.Session("s") + "/archive")).Body).Select(entry => entry.Name)
            .ShouldBe(["roof-1.jpg", "wall - IMG.jpg"]);
    }

    [TestCase("")]
    [TestCase("?ids=")]
    [TestCase("?ids=1,x")]
    [TestCase("?ids=1,,2")]
    [TestCase("?ids=1,1")]
    [TestCase("?ids=1&ids=2")]
    [TestCase("?ids=+1")]
    [TestCase("?ids=99999999999999999999")]
    public async Task Ids_must_be_unique_whole_numbers(string query) =>
        (await service.Admin.Get("/v1/attachments/archive" + query)).ShouldBeProblem(400, "ids_invalid");

    [Test]
    public async Task Up_to_500_ids_are_looked_for()
    {
        string Ids(int count) => string.Join(',', Enumerable.Range(1_000_000, count));
        (await service.Admin.Get($"/v1/attachments/archive?ids={Ids(501)}")).ShouldBeProblem(400, "ids_invalid");
        (await service.Admin.Get($"/v1/attachments/archive?ids={Ids(500)}")).ShouldBeProblem(404, "attachment_not_found");
    }

    [Test]
    public async Task A_link_opens_the_ids_that_it_names_and_no_others()
    {
        var address = await ArchiveSource.All[4].Have(service, Some);
        var other = await ArchiveSource.All[4].Have(service, Some[1]);
        var ids = address[(address.IndexOf('=') + 1)..];
        var token = SignedLinks.TokenOf(await service.Admin.LinkTo(address));
        var reversed = string.Join(',', ids.Split(',').Reverse());
        (await service.Anonymous.Get($"/v1/attachments/archive?link={token}")).Body.ShouldBe((await service.Admin.Get(address)).Body);
        (await service.Anonymous.Get($"/v1/attachments/archive?ids={reversed}&link={token}")).Status.ShouldBe(200);
        foreach (var query in new[] { other[(other.IndexOf('?') + 1)..], $"ids={ids},{ids}", "ids=", "ids=x", $"ids={ids}&ids=1" })
        {
            (await service.Anonymous.Get($"/v1/attachments/archive?{query}&link={token}")).ShouldBeRefused(403, "link_invalid");
        }

        (await service.Admin.MakeLink("/v1/attachments/archive")).GetProperty("error").GetProperty("code").GetString().ShouldBe("ids_invalid");
    }

    [Test]
    public async Task One_attachment_that_is_somebody_elses_refuses_the_archive()
    {
        var owner = OwnedFiles.For(service);
        var mine = (await owner.Create(Files.Make(5))).ShouldBeEntry(201).GetProperty("id").GetInt64();
        var theirs = (await OwnedFiles.For(service).Create(Files.Make(5))).ShouldBeEntry(201).GetProperty("id").GetInt64();
        (await owner.Send("GET", $"/v1/attachments/archive?ids={mine}")).Status.ShouldBe(200);
        (await owner.Send("GET", $"/v1/attachments/archive?ids={mine},{theirs}")).ShouldBeProblem(403, "attachment_forbidden");
    }

    [Test]
    public async Task A_slow_client_gets_all_of_what_is_deleted_and_swept_meanwhile()
    {
        var reclaimAfter = TimeSpan.FromSeconds(6);
        await using var swept = await TestBed.StartService($"--Storage:ReclaimAfter={reclaimAfter}");
        var files = Enumerable.Range(0, 10).Select(i => ($"{i}.bin", Files.Make(1 << 20, seed: i))).ToArray();
        var downloads = new List<(RawConnection Connection, byte[] Expected)>();
        foreach (var source in ArchiveSource.All)
        {
            var address = await source.Have(swept, files);
            var expected = (await swept.Admin.Get(address)).Body;
            var connection = await swept.Connect(receiveBuffer: 8 << 10);
            await connection.Send(swept.RequestHead("GET", address));
            (await connection.ReadHead()).Status.ShouldBe(200);
            downloads.Add((connection, expected));
            await source.Delete(swept, address);
        }

        var deadline = DateTimeOffset.UtcNow + reclaimAfter + TimeSpan.FromSeconds(2);
        while (DateTimeOffset.UtcNow < deadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            (await swept.Sweep()).Released.Blobs.ShouldBeLessThanOrEqualTo(1, "Only the file beside the folder is not being read.");
        }

        foreach (var (connection, expected) in downloads)
        {
            (await connection.Read(expected.Length)).ShouldBe(expected);
            await connection.DisposeAsync();
        }
    }

    private static List<(string Name, string Tag)> Read(byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive));
        return zip.Entries
            .Select(entry =>
            {
                using var content = entry.Open();
                using var copy = new MemoryStream();
                content.CopyTo(copy);
                return (entry.FullName, copy.ToArray().EntityTag());
            })
            .ToList();
    }

    private static string With(string address, string option) => $"{address}{(address.Contains('?') ? '&' : '?')}{option}";
}
