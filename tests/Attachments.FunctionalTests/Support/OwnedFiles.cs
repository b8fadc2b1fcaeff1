using System.Globalization;
using System.Text.Json;
using Attachments.Api.Callers;

namespace Attachments.FunctionalTests.Support;

/// <summary>The owned attachments, as one user addresses them.</summary>
internal sealed class OwnedFiles(HttpClient client, Guid userId)
{
    public const string Collection = "/v1/attachments";
    public const string PhotoName = "nerd_sniping.png";

    public Guid UserId { get; } = userId;

    /// <summary>As a user whom no other test knows.</summary>
    public static OwnedFiles For(RunningService service, params long[] organisations) => For(service, isAdmin: false, organisations);

    public static OwnedFiles OfAdmin(RunningService service) => For(service, isAdmin: true);

    public static string Target(long id) => string.Create(CultureInfo.InvariantCulture, $"{Collection}/{id}");

    public Task<Answer> Create(HttpContent body, params (string, string)[] fields) => Send("POST", Collection, body, fields);

    /// <summary>Creates one by a form of these fields, and the file after them.</summary>
    public Task<Answer> Create(byte[] file, params (string Name, string Text)[] fields) => Create(Form(file, fields));

    public Task<Answer> Get(long id, params (string, string)[] fields) => Send("GET", Target(id), null, fields);

    public Task<Answer> Put(long id, HttpContent body, params (string, string)[] fields) => Send("PUT", Target(id), body, fields);

    public Task<Answer> Patch(long id, HttpContent body, params (string, string)[] fields) => Send("PATCH", Target(id), body, fields);

    public Task<Answer> Delete(long id, params (string, string)[] fields) => Send("DELETE", Target(id), null, fields);

    public Task<Answer> Purge(long id, params (string, string)[] fields) =>
        Send("DELETE", Target(id) + "?content_only=true", null, fields);

    public Task<Answer> List(string query = "") => Send("GET", Collection + query);

    public Task<Answer> Send(string method, string target, HttpContent? body = null, params (string Name, string Value)[] fields) =>
        client.Ask(new HttpMethod(method), target, body, fields);

    /// <summary>Creates one.</summary>
    /// <returns>Its id.</returns>
    public async Task<long> Have(byte[] file, params (string Name, string Text)[] fields)
    {
        var answer = await Create(file, fields);
        answer.Status.ShouldBe(201, answer.Text);
        return answer.Json.GetProperty("id").GetInt64();
    }

    /// <summary>The entry, which is there and may be read.</summary>
    public async Task<JsonElement> Entry(long id) => (await Get(id)).ShouldBeEntry();

    /// <summary>The entity tag of the entry as it is now.</summary>
    public async Task<string> Tag(long id) => (await Get(id)).Field("ETag").ShouldNotBeNull();

    public async Task<string> DownloadUrl(long id) => (await Entry(id)).GetProperty("download_url").GetString()!;

    public async Task<Answer> Download(long id, params (string, string)[] fields) =>
        await Send("GET", await DownloadUrl(id), null, fields);

    /// <summary>The bytes, which are there and may be read.</summary>
    public async Task<byte[]> ReadFile(long id)
    {
        var answer = await Download(id);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Body;
    }

    /// <summary>A form of these fields, and the file after them.</summary>
    public static HttpContent Form(byte[] file, params (string Name, string Text)[] fields) => Body.Multipart(
    [
        .. fields.Select(field => Part.Field(field.Name, field.Text)),
        new Part($"; name=\"file\"; filename=\"{PhotoName}\"", file, "Content-Type: image/png"),
    ]);

    private static OwnedFiles For(RunningService service, bool isAdmin, params long[] organisations)
    {
        var userId = Guid.NewGuid();
        var token = new TokenRequest(userId.ToString()) { IsAdmin = isAdmin, Organisations = organisations };
        return new OwnedFiles(service.ClientWith(service.Sign(token)), userId);
    }
}

internal static class OwnedAttachmentAssertions
{
    private static readonly string[] Keys =
    [
        "id", "filename", "description", "download_url", "s3_resource_deleted", "created_at", "updated_at", "sequence_map_for",
        "owned_by_org", "owned_by_user",
    ];

    /// <summary>200 and an entry of the ten keys, in their order.</summary>
    public static JsonElement ShouldBeEntry(this Answer answer, int status = 200)
    {
        answer.Status.ShouldBe(status, answer.Text);
        answer.Field("Content-Type").ShouldBe("application/json; charset=utf-8");
        answer.Json.Names().ShouldBe(Keys);
        return answer.Json;
    }

    public static string RawText(this JsonElement entry, string key) => entry.GetProperty(key).GetRawText();
}
