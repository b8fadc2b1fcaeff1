using System.Text.Json;

namespace Attachments.FunctionalTests.Support;

/// <summary>The change feed, as one caller reads it.</summary>
internal static class ChangeFeed
{
    public const string Address = "/v1/changes";

    public static Task<Answer> ReadChanges(this HttpClient client, string query = "") => client.Ask(HttpMethod.Get, Address + query);

    /// <summary>The place after all that has happened.</summary>
    public static async Task<string> ReadCursor(this RunningService service)
    {
        await service.NumberChanges();
        return (await service.Admin.ReadChanges("?after=latest")).ShouldBePage().Next();
    }

    /// <summary>All that the caller sees after a cursor, page by page.</summary>
    public static async Task<IReadOnlyList<JsonElement>> ReadChangesAfter(
        this RunningService service, string cursor, HttpClient? client = null, string filter = "")
    {
        await service.NumberChanges();
        var read = new List<JsonElement>();
        for (var more = true; more;)
        {
            var page = (await (client ?? service.Admin).ReadChanges($"?limit=1000&after={cursor}{filter}")).ShouldBePage();
            read.AddRange(page.GetProperty("changes").EnumerateArray());
            (cursor, more) = (page.Next(), page.GetProperty("more").GetBoolean());
        }

        return read;
    }

    public static JsonElement ShouldBePage(this Answer answer)
    {
        answer.Status.ShouldBe(200, answer.Text);
        answer.Field("Content-Type").ShouldBe("application/json; charset=utf-8");
        answer.Field("Cache-Control").ShouldBe("no-store");
        answer.Json.Names().ShouldBe(["changes", "next", "more"]);
        return answer.Json;
    }

    public static string Next(this JsonElement page) => page.GetProperty("next").GetString()!;

    public static IReadOnlyList<string> Types(this IEnumerable<JsonElement> changes) => [.. changes.Select(change => change.Text("type"))];
}
