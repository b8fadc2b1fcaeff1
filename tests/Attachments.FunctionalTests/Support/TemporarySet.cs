using System.Text.Json;

namespace Attachments.FunctionalTests.Support;

/// <summary>A temporary set, as one caller addresses it.</summary>
internal sealed class TemporarySet(HttpClient client, string id)
{
    public string Id { get; } = id;

    public string Address { get; } = $"/api/temporaryattachmentset/{id}";

    /// <summary>A set that no other test uses.</summary>
    public static TemporarySet New(HttpClient client) => new(client, Guid.NewGuid().ToString());

    /// <summary>The same set, as another caller.</summary>
    public TemporarySet As(HttpClient other) => new(other, Id);

    public string Item(string itemId) => $"{Address}/attachment/{itemId}";

    public static string Contents(string itemId) => $"/api/attachment/{itemId}/contents";

    public Task<Answer> List(string query = "") => client.Ask(HttpMethod.Get, Address + query);

    public Task<Answer> Upload(HttpContent body, params (string, string)[] fields) => client.Ask(HttpMethod.Post, Address, body, fields);

    public Task<Answer> Upload(params Part[] parts) => Upload(Body.Multipart(parts));

    public Task<Answer> Drop(params (string, string)[] fields) => client.Ask(HttpMethod.Delete, Address, null, fields);

    public Task<Answer> Read(string itemId, params (string, string)[] fields) => client.Ask(HttpMethod.Get, Item(itemId), null, fields);

    public Task<Answer> Remove(string itemId, params (string, string)[] fields) =>
        client.Ask(HttpMethod.Delete, Item(itemId), null, fields);

    public Task<Answer> Download(string itemId, params (string, string)[] fields) =>
        client.Ask(HttpMethod.Get, Contents(itemId), null, fields);

    public Task<Answer> Claim(string json, params (string, string)[] fields) =>
        client.Ask(HttpMethod.Post, $"{Address}/claim", Body.Json(json), fields);

    /// <summary>Claims it into a session of a project, each file into the point of its name or the one that is given.</summary>
    public Task<Answer> ClaimIntoSession(long project, string uuid, params (string Item, string Point)[] points) => Claim(
        JsonSerializer.Serialize(new
        {
            Session = new { ProjectId = project, Uuid = uuid, Points = points.ToDictionary(point => point.Item, point => point.Point) },
        }));

    /// <summary>Uploads a file of each name.</summary>
    /// <returns>The new items.</returns>
    public async Task<IReadOnlyList<JsonElement>> Have(params string[] names) =>
        await Have([.. names.Select((name, seed) => (name, Files.Make(Files.Small, seed)))]);

    /// <summary>Uploads these files.</summary>
    /// <returns>The new items.</returns>
    public async Task<IReadOnlyList<JsonElement>> Have(params (string Name, byte[] File)[] files)
    {
        var answer = await Upload([.. files.Select(file => Part.File(file.Name, file.File, $"{file.Name}.jpg"))]);
        answer.Status.ShouldBe(201, answer.Text);
        return [.. answer.Json.EnumerateArray()];
    }

    /// <summary>The items listed.</summary>
    public async Task<IReadOnlyList<JsonElement>> Items()
    {
        var answer = await List();
        answer.Status.ShouldBe(200, answer.Text);
        answer.Field("Content-Type").ShouldBe("application/json; charset=utf-8");
        answer.Json.Names().ShouldBe(["Items"]);
        return [.. answer.Json.GetProperty("Items").EnumerateArray()];
    }

    /// <summary>The names of the items listed.</summary>
    public async Task<IReadOnlyList<string>> Names() => [.. (await Items()).Select(item => item.Text("Name"))];
}

internal static class TemporaryItemAssertions
{
    public static string Text(this JsonElement item, string member) => item.GetProperty(member).GetString()!;

    public static string Id(this JsonElement item) => item.Text("Id");
}
