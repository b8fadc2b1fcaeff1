using System.Text;
using System.Text.Json;

namespace Attachments.FunctionalTests.Support;

/// <summary>The records of a form type, as one caller addresses them.</summary>
internal sealed class FormType(HttpClient client, string name)
{
    public const string MediaType = "application/vnd.api+json";

    /// <summary>What the addresses of all records begin with.</summary>
    public const string Root = "/api/records/";

    private static int lastName;

    public string Name => name;

    public string Address { get; } = Root + Uri.EscapeDataString(name);

    /// <summary>A form type that no other test uses.</summary>
    public static FormType New(HttpClient client) => new(client, $"Form {Interlocked.Increment(ref lastName)}");

    /// <summary>The same form type, as another caller.</summary>
    public FormType As(HttpClient other) => new(other, name);

    public string Record(string id) => $"{Address}/{Uri.EscapeDataString(id)}";

    public string Attachments(string id) => $"{Record(id)}/attachments";

    /// <param name="id">The record.</param>
    /// <param name="path">Folder and file, as they are to be sent.</param>
    public string Content(string id, string path) => $"{Attachments(id)}/content/{path}";

    public Task<Answer> Send(HttpMethod method, string target, HttpContent? body = null, params (string Name, string Value)[] fields) =>
        client.Ask(method, target, body, fields);

    public Task<Answer> Create(HttpContent body, params (string, string)[] fields) => Send(HttpMethod.Post, Address, body, fields);

    public Task<Answer> List(string query = "") => Send(HttpMethod.Get, Address + query);

    public Task<Answer> Get(string id, params (string, string)[] fields) => Send(HttpMethod.Get, Record(id), null, fields);

    public Task<Answer> Put(string id, string attributes, params (string, string)[] fields) =>
        Send(HttpMethod.Put, Record(id), Document(attributes, id), fields);

    public Task<Answer> Patch(string id, string attributes, params (string, string)[] fields) =>
        Send(HttpMethod.Patch, Record(id), Document(attributes, id), fields);

    public Task<Answer> Delete(string id, params (string, string)[] fields) => Send(HttpMethod.Delete, Record(id), null, fields);

    public Task<Answer> ListAttachments(string id, string query = "") => Send(HttpMethod.Get, Attachments(id) + query);

    public Task<Answer> Download(string id, string path, params (string, string)[] fields) =>
        Send(HttpMethod.Get, Content(id, path), null, fields);

    public Task<Answer> Upload(string id, string path, HttpContent body, params (string, string)[] fields) =>
        Send(HttpMethod.Post, Content(id, path), body, fields);

    public Task<Answer> Detach(string id, string path, params (string, string)[] fields) =>
        Send(HttpMethod.Delete, $"{Attachments(id)}/{path}", null, fields);

    /// <summary>A document of a record of this form type.</summary>
    public HttpContent Document(string attributes = "{}", string? id = null)
    {
        var member = id is null ? "" : $"\"id\":{JsonSerializer.Serialize($"{name}/{id}")},";
        return CreateDocument($$"""{"data":{"type":"record",{{member}}"attributes":{{attributes}} } }""");
    }

    public static HttpContent CreateDocument(string json) => Body.Create(Encoding.UTF8.GetBytes(json), MediaType);

    /// <summary>Makes sure that there is a record.</summary>
    public async Task Have(string id, string attributes = "{}") => (await Put(id, attributes)).ShouldBeDocument(201);

    /// <summary>Makes sure that a record, which is there, has a file.</summary>
    public async Task HaveFile(string id, string path, byte[] file, string mediaType = "image/png") =>
        (await Upload(id, path, Body.Create(file, mediaType))).ShouldBeUploaded();

    /// <summary>The ids of a record's files, without the record's own.</summary>
    public async Task<IReadOnlyList<string>> ListFiles(string id, string query = "") => FilesIn(await ListAttachments(id, query), id);

    public IReadOnlyList<string> FilesIn(Answer list, string id) =>
        [.. IdsIn(list).Select(file => file[$"{name}/{id}/attachments/".Length..])];

    public static IReadOnlyList<string> IdsIn(Answer list) =>
        [.. list.ShouldBeDocument().GetProperty("data").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];

    /// <summary>The address of the next page; null on the last.</summary>
    public static string? GetNext(Answer list) =>
        list.ShouldBeDocument().TryGetProperty("links", out var links) ? links.GetProperty("next").GetString() : null;
}

internal static class UploadAssertions
{
    /// <summary>200 with nothing behind it.</summary>
    public static void ShouldBeUploaded(this Answer answer)
    {
        answer.Status.ShouldBe(200, answer.Text);
        answer.Body.ShouldBeEmpty();
        answer.Field("Content-Type").ShouldBeNull();
    }

    /// <summary>204 with nothing behind it.</summary>
    public static void ShouldBeDeleted(this Answer answer)
    {
        answer.Status.ShouldBe(204, answer.Text);
        answer.Body.ShouldBeEmpty();
        answer.Field("Content-Type").ShouldBeNull();
    }
}
