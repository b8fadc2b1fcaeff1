using System.Globalization;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.TemporarySets;

/// <summary>Lists, single items and their contents.</summary>
[TestFixture]
internal sealed class ReadTemporaryItemsTests : TemporarySetsFixture
{
    private static readonly byte[] Png = Files.Make(122454);

    [Test]
    public async Task An_id_that_nobody_used_is_an_empty_list()
    {
        var answer = await Set.List();
        answer.Status.ShouldBe(200);
        answer.Text.ShouldBe("""{"Items":[]}""");
        answer.Field("Content-Type").ShouldBe("application/json; charset=utf-8");
    }

    [Test]
    public async Task Has_the_shape_of_the_seeds_example()
    {
        await Set.Upload(
            new Part("; name=\"Test Image\"; filename=test.png", Png, "Content-Type: image/png"),
            new Part("; name=\"Test Image 2\"; filename=test2.png", Png[..23132], "Content-Type: image/png"));
        var answer = await Set.List();
        answer.Json.Names().ShouldBe(["Items"]);
        var items = answer.Json.GetProperty("Items").EnumerateArray().ToList();
        var expected = new[] { ("Test Image", "test.png", 122454), ("Test Image 2", "test2.png", 23132) };
        items.Count.ShouldBe(expected.Length);
        foreach (var (item, (name, fileName, size)) in items.Zip(expected))
        {
            var createdAt = item.Text("CreatedAt");
            DateTime.ParseExact(createdAt, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            item.GetRawText().ShouldBe(
                $$"""
                {"TemporaryId":"{{Set.Id}}","Id":"{{item.Id()}}","Name":"{{name}}","FileName":"{{fileName}}",
                "ContentType":"image/png","CreatedAt":"{{createdAt}}","CreatedById":"{{item.Text("CreatedById")}}","Size":{{size}},
                "Self":"{{Service.Address}}api/temporaryattachmentset/{{Set.Id}}/attachment/{{item.Id()}}",
                "Content":"{{Service.Address}}api/attachment/{{item.Id()}}/contents"}
                """.ReplaceLineEndings(""));
        }
    }

    [TestCase("")]
    [TestCase("?$orderby=Name")]
    public async Task A_list_whose_first_items_cannot_be_read_is_503(string options)
    {
        await using var service = await TestBed.StartService();
        var set = new TemporarySet(service.Member, Guid.NewGuid().ToString());
        await set.Have("a");
        await using var items = await LockedTable.Lock(service.ConnectionString, "temporary_items");
        var listing = set.List(options);
        await items.EndWaiting("%FROM temporary_items%");
        (await listing).ShouldBeProblem(503, "database_unavailable");
    }

    [Test]
    public async Task Names_who_uploaded_each_file()
    {
        await Set.Have("mine");
        await Set.As(Service.Admin).Have("the admin's");
        var items = await Set.Items();
        items[0].Text("CreatedById").ShouldNotBe(items[1].Text("CreatedById"));
    }

    [Test]
    public async Task Takes_an_id_in_either_case_and_tells_it_in_lower_case()
    {
        await Set.Have("a");
        var shouted = new TemporarySet(Service.Member, Set.Id.ToUpperInvariant());
        (await shouted.Items())[0].Text("TemporaryId").ShouldBe(Set.Id);
    }

    [Test]
    public async Task Lists_as_many_files_as_there_are()
    {
        await using var service = await TestBed.StartService();
        var set = TemporarySet.New(service.Member);
        for (var request = 0; request < 3; request++)
        {
            await set.Have([.. Enumerable.Range(request * 400, 400).Select(i => ($"{i}", new byte[] { 1 }))]);
        }

        (await set.Names()).ShouldBe(Enumerable.Range(0, 1200).Select(i => $"{i}"));
    }

    [Test]
    public async Task Tells_of_one_file_with_the_entity_tag_of_its_contents()
    {
        var item = (await Set.Have(("a", Png)))[0];
        var answer = await Set.Read(item.Id());
        answer.Status.ShouldBe(200);
        answer.Text.ShouldBe(item.GetRawText());
        answer.Field("Content-Type").ShouldBe("application/json; charset=utf-8");
        answer.Field("ETag").ShouldBe(Png.EntityTag());
        var contents = await Set.Download(item.Id());
        contents.Field("ETag").ShouldBe(Png.EntityTag());
        contents.Field("Last-Modified").ShouldBe(answer.Field("Last-Modified"));

        (await Set.Read(item.Id(), ("If-Match", Png.EntityTag()))).Status.ShouldBe(200);
        (await Set.Read(item.Id(), ("If-Match", "\"another\""))).ShouldBeProblem(412, "precondition_failed");
        var known = await Set.Read(item.Id(), ("If-None-Match", Png.EntityTag()));
        known.Status.ShouldBe(304);
        known.Body.ShouldBeEmpty();
        known.Field("ETag").ShouldBe(Png.EntityTag());
    }

    [TestCase("?disposition=inline", "image/png", "inline")]
    [TestCase("", "image/png", "attachment")]
    [TestCase("?disposition=inline", "text/html", "attachment")]
    public async Task Serves_the_contents_as_the_type_that_they_came_with(string query, string type, string disposition)
    {
        var item = (await Set.Upload(new Part("; name=n; filename=\"ä.png\"", Png, $"Content-Type: {type}"))).Json[0];
        var answer = await Service.Member.Ask(HttpMethod.Get, TemporarySet.Contents(item.Id()) + query);
        answer.Status.ShouldBe(200);
        answer.Body.ShouldBe(Png);
        answer.Field("Content-Type").ShouldBe(type);
        answer.Field("Content-Disposition").ShouldBe($"{disposition}; filename=\"_.png\"; filename*=UTF-8''%C3%A4.png");
        answer.Field("Repr-Digest").ShouldBe(Png.Sha256Member());
        answer.Field("Accept-Ranges").ShouldBe("bytes");
        answer.Field("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Field("Content-Security-Policy").ShouldBe("default-src 'none'; sandbox");
    }

    [Test]
    public async Task Serves_headers_ranges_and_conditions()
    {
        var item = (await Set.Have(("a", Png)))[0];
        var part = await Set.Download(item.Id(), ("Range", "bytes=100-199"));
        part.Status.ShouldBe(206);
        part.Body.ShouldBe(Png[100..200]);
        part.Field("Content-Range").ShouldBe($"bytes 100-199/{Png.Length}");
        (await Set.Download(item.Id(), ("Range", $"bytes={Png.Length}-"))).ShouldBeProblem(416, "range_not_satisfiable");
        (await Set.Download(item.Id(), ("If-None-Match", Png.EntityTag()))).Status.ShouldBe(304);
        var head = await Service.Member.Ask(HttpMethod.Head, TemporarySet.Contents(item.Id()));
        head.Status.ShouldBe(200);
        head.Field("Content-Length").ShouldBe($"{Png.Length}");
        head.Body.ShouldBeEmpty();
    }
}
