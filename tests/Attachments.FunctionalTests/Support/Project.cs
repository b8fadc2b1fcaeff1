using System.Globalization;
using System.Text.Json;

namespace Attachments.FunctionalTests.Support;

/// <summary>The sessions of a project, as one caller addresses them.</summary>
internal sealed class Project(HttpClient client, object id)
{
    private static long lastId = 1000;

    public string Sessions { get; } = string.Create(CultureInfo.InvariantCulture, $"/api/v1/project/{id}/sessions");

    /// <summary>A project that no other test uses.</summary>
    public static Project New(HttpClient client) => new(client, Interlocked.Increment(ref lastId));

    /// <summary>The same project, as another caller.</summary>
    public Project As(HttpClient other) => new(other, id);

    public string Session(string uuid) => $"{Sessions}/{Uri.EscapeDataString(uuid)}";

    public string Attachments(string uuid) => $"{Session(uuid)}/attachments";

    public string Attachment(string uuid, string point) => $"{Attachments(uuid)}/{Uri.EscapeDataString(point)}";

    public Task<Answer> Create(HttpContent body) => Send(HttpMethod.Post, Sessions, body);

    public Task<Answer> List(string query = "") => Send(HttpMethod.Get, Sessions + query);

    public Task<Answer> Get(string uuid) => Send(HttpMethod.Get, Session(uuid));

    public Task<Answer> Merge(string uuid, HttpContent body) => Send(HttpMethod.Put, Session(uuid), body);

    public Task<Answer> Delete(string uuid) => Send(HttpMethod.Delete, Session(uuid));

    public Task<Answer> ListAttachments(string uuid) => Send(HttpMethod.Get, Attachments(uuid));

    public Task<Answer> Download(string uuid, string point, params (string, string)[] fields) =>
        Send(HttpMethod.Get, Attachment(uuid, point), null, fields);

    public Task<Answer> Attach(string uuid, string point, HttpContent body, params (string, string)[] fields) =>
        Send(HttpMethod.Put, Attachment(uuid, point), body, fields);

    public Task<Answer> Detach(string uuid, string point, params (string, string)[] fields) =>
        Send(HttpMethod.Delete, Attachment(uuid, point), null, fields);

    /// <summary>Creates a session of these points, written as the members of JSON's <c>data</c>.</summary>
    public async Task<JsonElement> Have(string uuid, string points = "")
    {
        var body = Body.Session(
            $$"""  "uuid":{{JsonSerializer.Serialize(uuid)}},"unit_id":"unit","created":100,"saved":200,"data":{{{points}}}  """);
        return (await Create(body)).ShouldSucceed();
    }

    /// <summary>Creates a session with a file in one point.</summary>
    public async Task HaveFile(string uuid, string point, byte[] file)
    {
        await Have(uuid);
        (await Attach(uuid, point, Body.Raw(file))).ShouldSucceed();
    }

    public Task<Answer> Send(HttpMethod method, string target, HttpContent? body = null, params (string Name, string Value)[] fields) =>
        client.Ask(method, target, body, fields);

    /// <summary>The bytes in a point, which is there and holds a file.</summary>
    public async Task<byte[]> FileIn(string uuid, string point)
    {
        var answer = await Download(uuid, point);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Body;
    }
}
