using System.Text.Json;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

[TestFixture]
internal sealed class ListSessionsTests : SessionsFixture
{
    [Test]
    public async Task Lists_sessions_without_their_points_newest_first()
    {
        await Have("old", 10);
        await Have("new", 30);
        await Have("middle", 20);
        await Project.Attach("old", "p", Body.Raw([1]));
        await Project.New(Service.Admin).Have("foreign");
        var list = await Project.List();
        list.Json.Names().ShouldBe(["status", "result"]);
        Uuids(list).ShouldBe(["new", "middle", "old"]);
        var result = list.ShouldSucceed();
        result[0].Names().ShouldBe(["project_id", "uuid", "unit_id", "created", "saved"]);
        result[0].GetProperty("created").GetInt64().ShouldBe(30);
    }

    [Test]
    public async Task A_project_without_sessions_is_an_empty_list() => (await Project.List()).ShouldSucceedWith("[]");

    [Test]
    public async Task Pages_visit_each_session_once_also_among_those_of_one_second()
    {
        string[] uuids = ["a", "B", "ä", "😀", "c/d", "e", "f"];
        foreach (var uuid in uuids)
        {
            await Have(uuid, 10);
        }

        await Have("newer", 11);
        await Have("older", -9);
        var seen = new List<string>();
        var sizes = new List<int>();
        for (string? query = "?limit=2"; query is not null;)
        {
            var page = await Project.List(query);
            seen.AddRange(Uuids(page));
            sizes.Add(Uuids(page).Count);
            query = Next(page) is { } next ? $"?limit=2&after={Uri.EscapeDataString(next)}" : null;
        }

        sizes.ShouldBe([2, 2, 2, 2, 1]);
        seen[0].ShouldBe("newer");
        seen[^1].ShouldBe("older");
        seen.Order(StringComparer.Ordinal).ShouldBe([.. uuids.Append("newer").Append("older").Order(StringComparer.Ordinal)]);
    }

    [Test]
    public async Task The_last_page_has_no_cursor_though_it_is_full()
    {
        await Have("1", 1);
        await Have("2", 2);
        Next(await Project.List("?limit=2")).ShouldBeNull();
    }

    [Test]
    public async Task A_cursor_outlives_the_session_it_was_taken_from()
    {
        foreach (var created in Enumerable.Range(1, 4))
        {
            await Have($"s{created}", created);
        }

        var first = await Project.List("?limit=2");
        (await Project.Delete("s3")).ShouldSucceed();
        Uuids(await Project.List($"?after={Next(first)}")).ShouldBe(["s2", "s1"]);
    }

    [TestCase("x")]
    [TestCase("1")]
    [TestCase("MTA")]
    [TestCase("eDph")]
    [TestCase("%00")]
    [TestCase("MTA6YQ%3D%3D%3D")]
    public async Task Refuses_a_cursor_that_no_list_gave(string cursor) =>
        (await Project.List($"?after={cursor}")).ShouldBeProblem(400, "validation_failed")
            .GetProperty("errors").Names().ShouldBe(["after"]);

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("201")]
    [TestCase("x")]
    [TestCase("1.0")]
    [TestCase("99999999999")]
    public async Task Refuses_a_limit_other_than_1_to_200(string limit) =>
        (await Project.List($"?limit={limit}")).ShouldBeProblem(400, "validation_failed")
            .GetProperty("errors").Names().ShouldBe(["limit"]);

    [Test]
    public async Task The_limit_is_50_unless_said_otherwise()
    {
        for (var i = 0; i < 51; i++)
        {
            await Have($"s{i}", i);
        }

        Uuids(await Project.List()).Count.ShouldBe(50);
        Uuids(await Project.List("?limit=1")).Count.ShouldBe(1);
        Uuids(await Project.List("?limit=200")).Count.ShouldBe(51);
    }

    private static List<string> Uuids(Answer list) =>
        [.. list.ShouldSucceed().EnumerateArray().Select(session => session.GetProperty("uuid").GetString()!)];

    private static string? Next(Answer list) => list.Json.TryGetProperty("next", out var next) ? next.GetString() : null;

    private async Task Have(string uuid, long created) => (await Project.Create(
        Body.Session($$"""  "uuid":{{JsonSerializer.Serialize(uuid)}},"unit_id":"u","created":{{created}},"data":{"p":"x"}  """)))
        .ShouldSucceed();
}
