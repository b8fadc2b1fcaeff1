using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attachments.FunctionalTests.Support;

/// <summary>Signed links, as they are asked for.</summary>
internal static class SignedLinks
{
    public const string Address = "/v1/links";

    public static Task<Answer> AskForLinks(this HttpClient client, string json) => client.Ask(HttpMethod.Post, Address, Body.Json(json));

    /// <summary>Makes one link.</summary>
    /// <param name="client">The maker.</param>
    /// <param name="url">Of the request, absolute or a path.</param>
    /// <param name="members">More members of the item.</param>
    /// <returns>What was answered for it: a link, or an error.</returns>
    public static async Task<JsonElement> MakeLink(this HttpClient client, string url, string members = "")
    {
        var rest = string.IsNullOrWhiteSpace(members) ? "" : $",{members}";
        var answer = await client.AskForLinks($$"""{"url":{{JsonSerializer.Serialize(url)}}{{rest}}}""");
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json.GetProperty("links")[0];
    }

    /// <summary>Makes one link.</summary>
    /// <returns>Its URL.</returns>
    public static async Task<string> LinkTo(this HttpClient client, string url, string members = "")
    {
        var made = await client.MakeLink(url, members);
        made.TryGetProperty("url", out var link).ShouldBeTrue(made.ToString());
        return link.GetString()!;
    }

    public static string TokenOf(string link) => link[(link.IndexOf("link=", StringComparison.Ordinal) + 5)..];

    /// <summary>The address with this token.</summary>
    public static string With(string target, string token) => $"{target}{(target.Contains('?') ? '&' : '?')}link={token}";

    public static Task<Answer> Get(this HttpClient client, string target, params (string, string)[] fields) =>
        client.Ask(HttpMethod.Get, target, null, fields);

    public static Task<Answer> Head(this HttpClient client, string target, params (string, string)[] fields) =>
        client.Ask(HttpMethod.Head, target, null, fields);

    /// <summary>The refusal, in whichever dialect.</summary>
    public static void ShouldBeRefused(this Answer answer, int status, string code)
    {
        answer.Status.ShouldBe(status, answer.Text);
        answer.Text.ShouldContain($"\"{code}\"");
        answer.Field("Referrer-Policy").ShouldBe("no-referrer");
        answer.Field("Cross-Origin-Resource-Policy").ShouldBe("cross-origin");
    }

    public static string Sha256(this byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>A link's token (RFC 7515), put together by hand, so that any part of it can be wrong.</summary>
internal sealed class HandmadeLink
{
    public JsonObject Header { get; } = new() { ["alg"] = "HS256", ["typ"] = "link+jwt", ["kid"] = "test" };

    public JsonObject Claims { get; } = new();

    public byte[] Key { get; set; } = Convert.FromBase64String(RunningService.LinkKey);

    public static HandmadeLink To(string target, DateTimeOffset expiry, string method = "GET") => new()
    {
        Claims =
        {
            ["htm"] = method,
            ["htu"] = target.Split('?')[0],
            ["exp"] = expiry.ToUnixTimeSeconds(),
            ["sub"] = "0195d2b0-0000-7000-8000-000000000001",
        },
    };

    public HandmadeLink With(Action<HandmadeLink> change)
    {
        change(this);
        return this;
    }

    public override string ToString()
    {
        var signed = $"{Encode(Header)}.{Encode(Claims)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Key, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}

/// <summary>A place to upload to, of each kind that a link can be for.</summary>
/// <param name="Name">For the names of tests.</param>
/// <param name="Method">PUT or POST.</param>
/// <param name="NewTarget">Makes one where there is nothing yet.</param>
/// <param name="Body">The body, of a file of a type.</param>
/// <param name="CanBeOccupied">Something can be there already.</param>
internal sealed record LinkedUpload(
    string Name,
    string Method,
    Func<RunningService, Task<string>> NewTarget,
    Func<byte[], string, HttpContent> Body,
    bool CanBeOccupied)
{
    public static readonly IReadOnlyList<LinkedUpload> All =
    [
        new("point of a session", "PUT", async service =>
        {
            var project = Project.New(service.Admin);
            await project.Have("s");
            return project.Attachment("s", "a/b é");
        }, (bytes, type) => Form("attachment", bytes, type), CanBeOccupied: true),
        new("file of a record", "POST", async service =>
        {
            var forms = FormType.New(service.Admin);
            await forms.Have("1");
            return forms.Content("1", "a.bin");
        }, Support.Body.Create, CanBeOccupied: true),
        new("file in a folder of a record", "POST", async service =>
        {
            var forms = FormType.New(service.Admin);
            await forms.Have("1");
            return forms.Content("1", "a%20b/a.bin");
        }, Support.Body.Create, CanBeOccupied: true),
        new("temporary set", "POST", service => Task.FromResult(TemporarySet.New(service.Admin).Address),
            (bytes, type) => Form("n", bytes, type), CanBeOccupied: true),
        new("owned attachment", "POST", _ => Task.FromResult("/v1/attachments/"), (bytes, type) => Form("file", bytes, type), CanBeOccupied: false),
    ];

    public Task<Answer> Send(HttpClient client, string url, byte[] bytes, string mediaType = "image/png", params (string, string)[] fields) =>
        client.Ask(new HttpMethod(Method), url, Body(bytes, mediaType), fields);

    public override string ToString() => Name;

    private static HttpContent Form(string field, byte[] bytes, string mediaType) =>
        Support.Body.Multipart(new Part($"; name=\"{field}\"; filename=\"a.bin\"", bytes, $"Content-Type: {mediaType}"));
}
