using System.Text.RegularExpressions;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.OwnedAttachments;

/// <summary>Lists of all that there is, on a service of their own.</summary>
[TestFixture]
internal sealed partial class ListOwnedAttachmentsTests
{
    private RunningService service = null!;
    private OwnedFiles admin = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService();
        admin = OwnedFiles.OfAdmin(service);
    }

    [SetUp]
    public Task Empty() => service.Execute("DELETE FROM owned_attachments");

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [Test]
    public async Task Is_a_bare_array_of_entries_key_for_key()
    {
        (await admin.List()).Text.ShouldBe("[]");
        var id = await admin.Have([1], ("description", "A file for testing"), ("owned_by_org", "3"));
        (await admin.List()).Text.ShouldBe($"[{(await admin.Get(id)).Text}]");
        (await admin.List()).Field("Content-Type").ShouldBe("application/json; charset=utf-8");
    }

    [TestCase("/v1/attachments")]
    [TestCase("/v1/attachments/")]
    [TestCase("/attachments")]
    [TestCase("/attachments/")]
    public async Task Is_served_under_both_prefixes_and_links_to_the_one_asked_for(string collection)
    {
        await Make(3);
        var answer = await admin.Send("GET", collection + "?limit=2");
        answer.Json.GetArrayLength().ShouldBe(2);
        Links(answer)["next"].ShouldBe($"{collection}?limit=2&offset=2");
        (await admin.Send("GET", Links(answer)["next"])).Json.GetArrayLength().ShouldBe(1);
    }

    [Test]
    public async Task Is_for_administrators_only()
    {
        var user = OwnedFiles.For(service, 3);
        (await user.List()).ShouldBeProblem(403, "admins_only");
        (await user.List("?limit=0")).ShouldBeProblem(403, "admins_only");
    }

    [Test]
    public async Task Says_that_the_database_is_lost_when_it_is_before_the_first_entry()
    {
        await Make(1);
        await using var blobs = await LockedTable.Lock(service.ConnectionString, "blobs");
        var listing = admin.List();

        // The count and the ids need no blob; the entries do.
        await blobs.EndWaiting("%owned_attachments%blobs%");
        (await listing).ShouldBeProblem(503, "database_unavailable");
    }

    [Test]
    public async Task Begins_with_the_one_changed_last()
    {
        var ids = new[] { await admin.Have([1]), await admin.Have([2]), await admin.Have([3]) };
        Ids(await admin.List()).ShouldBe(ids.Reverse());
        (await admin.Patch(ids[0], Body.Json("""{"description":"changed"}"""))).ShouldBeEntry();
        Ids(await admin.List()).ShouldBe([ids[0], ids[2], ids[1]]);
        (await admin.Purge(ids[1])).Status.ShouldBe(204);
        Ids(await admin.List()).ShouldBe([ids[1], ids[0], ids[2]]);
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(7)]
    [TestCase(60)]
    [TestCase(1000)]
    public async Task The_links_lead_through_all_of_it_and_back(int limit)
    {
        await Make(121);
        var all = Ids(await admin.List("?limit=1000"));
        all.Count.ShouldBe(121);
        var (forth, back, last) = (new List<long>(), new List<long>(), "");
        for (string? target = $"{OwnedFiles.Collection}?limit={limit}"; target is not null;)
        {
            last = target;
            var page = await admin.Send("GET", target);
            page.Field("X-Total-Count").ShouldBe("121");
            forth.AddRange(Ids(page));
            Links(page)["first"].ShouldBe($"{OwnedFiles.Collection}?limit={limit}&offset=0");
            target = Links(page).GetValueOrDefault("next");
        }

        forth.ShouldBe(all);
        Links(await admin.List($"?limit={limit}"))["last"].ShouldBe($"{OwnedFiles.Collection}?limit={limit}&offset={120 / limit * limit}");
        for (string? target = last; target is not null;)
        {
            var page = await admin.Send("GET", target);
            back.InsertRange(0, Ids(page));
            target = Links(page).GetValueOrDefault("prev");
        }

        back.ShouldBe(all);
    }

    [Test]
    public async Task Those_of_one_moment_have_an_order_as_well()
    {
        await Make(10);
        await service.Execute("UPDATE owned_attachments SET updated_at = now()");
        var all = Ids(await admin.List());
        all.ShouldBe(all.OrderDescending());
        var paged = new List<long>();
        for (var offset = 0; offset < 10; offset += 3)
        {
            paged.AddRange(Ids(await admin.List($"?limit=3&offset={offset}")));
        }

        paged.ShouldBe(all);
    }

    [TestCase("?offset=5", "/v1/attachments?limit=100&offset=0")]
    [TestCase("?limit=2&offset=2147483647", "/v1/attachments?limit=2&offset=4")]
    public async Task Past_its_end_is_nothing_and_a_way_back(string query, string prev)
    {
        await Make(5);
        var answer = await admin.List(query);
        answer.Text.ShouldBe("[]");
        answer.Field("X-Total-Count").ShouldBe("5");
        Links(answer)["prev"].ShouldBe(prev);
        Links(answer).ShouldNotContainKey("next");
    }

    [TestCase("limit=0", "limit")]
    [TestCase("limit=1001", "limit")]
    [TestCase("limit=ten", "limit")]
    [TestCase("limit=", "limit")]
    [TestCase("offset=-1", "offset")]
    [TestCase("offset=2147483648", "offset")]
    [TestCase("owned_by_org=x", "owned_by_org")]
    [TestCase("owned_by_org=", "owned_by_org")]
    [TestCase("owned_by_user=me", "owned_by_user")]
    [TestCase("owned_by_user=", "owned_by_user")]
    public async Task Refuses_what_asks_for_no_page(string query, string field) =>
        (await admin.List("?" + query)).ShouldBeProblem(400, "validation_failed").GetProperty("errors").Names().ShouldBe([field]);

    [Test]
    public async Task Is_narrowed_by_what_is_exactly_so()
    {
        var owner = OwnedFiles.For(service, 7);
        var shared = await owner.Have([1], ("filename", "\u00e9 1.txt"), ("owned_by_org", "7"));
        var own = await owner.Have([2], ("filename", "b.txt"));
        var foreign = await admin.Have([3], ("filename", "b.txt"), ("owned_by_org", "7"));
        var user = owner.UserId.ToString().ToUpperInvariant();
        foreach (var (query, ids) in new (string, long[])[]
        {
            ("?filename=b.txt", [foreign, own]),
            ("?filename=B.txt", []),
            ("?filename=b", []),
            ("?filename=", []),
            ("?filename=%00", []),
            ("?filename=x/b.txt", []),
            ("?filename=e%CC%81%201.txt", [shared]),
            ("?owned_by_org=7", [foreign, shared]),
            ("?owned_by_org=8", []),
            ($"?owned_by_user={user}", [own, shared]),
            ($"?owned_by_user={user}&filename=b.txt", [own]),
            ($"?owned_by_user={user}&owned_by_org=7", [shared]),
            ($"?owned_by_user={user}&owned_by_org=7&filename=b.txt", []),
        })
        {
            var answer = await admin.List(query);
            Ids(answer).ShouldBe(ids, ignoreOrder: false, query);
            answer.Field("X-Total-Count").ShouldBe($"{ids.Length}");
        }
    }

    [Test]
    public async Task The_links_keep_what_it_is_narrowed_by()
    {
        await admin.Have([1], ("filename", "a&b é.txt"));
        await admin.Have([2], ("filename", "a&b é.txt"));
        await admin.Have([3]);
        var page = await admin.List("?filename=a%26b%20%C3%A9.txt&limit=1");
        page.Field("X-Total-Count").ShouldBe("2");
        Links(page).Keys.ShouldBe(["first", "next", "last"]);
        var next = await admin.Send("GET", Links(page)["next"]);
        next.Field("X-Total-Count").ShouldBe("2");
        Ids(next).Single().ShouldBeLessThan(Ids(page).Single());
    }

    [Test]
    public async Task A_hundred_thousand_are_paged_through_from_either_end()
    {
        await Make(100_000);
        foreach (var offset in new[] { 0, 100, 49_900, 50_000, 99_900 })
        {
            var page = await admin.List($"?limit=100&offset={offset}");
            page.Field("X-Total-Count").ShouldBe("100000");
            page.Json.EnumerateArray().Select(entry => entry.GetProperty("description").GetString())
                .ShouldBe(Enumerable.Range(offset, 100).Select(i => $"{100_000 - i}"));
        }

        var narrowed = await admin.List("?filename=7.txt&limit=2&offset=998");
        narrowed.Field("X-Total-Count").ShouldBe("1000");
        narrowed.Json.EnumerateArray().Select(entry => entry.GetProperty("description").GetString()).ShouldBe(["107", "7"]);
    }

    /// <summary>Purged ones, described by their number; the last was changed last.</summary>
    private Task Make(int count) => service.Execute(
        $"""
        INSERT INTO owned_attachments (file_name, description, owned_by_user, owned_by_org, created_at, updated_at, revision)
        SELECT i % 100 || '.txt', i::text, gen_random_uuid(), i % 50, now(), now() + i * interval '1 millisecond', 0
        FROM generate_series(1, {count}) i
        """);

    private static List<long> Ids(Answer answer)
    {
        answer.Status.ShouldBe(200, answer.Text);
        return [.. answer.Json.EnumerateArray().Select(entry => entry.GetProperty("id").GetInt64())];
    }

    private static Dictionary<string, string> Links(Answer answer) =>
        Link().Matches(answer.Field("Link")!).ToDictionary(link => link.Groups[2].Value, link => link.Groups[1].Value);

    [GeneratedRegex("<([^>]*)>; rel=\"([a-z]+)\"")]
    private static partial Regex Link();
}
