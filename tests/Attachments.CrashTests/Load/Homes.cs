using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Attachments.CrashTests.Load;

/// <summary>Where a client keeps its files: something of its own in one of the families.</summary>
internal abstract class Home
{
    /// <summary>So many files, by numbers from 0.</summary>
    public const int Places = 4;

    /// <summary>In each family in turn.</summary>
    public static Home For(int number) => (number % 4) switch
    {
        0 => new SessionHome(number),
        1 => new RecordHome(number),
        2 => new OwnedHome(),
        _ => new SetHome(),
    };

    /// <summary>Makes it, if it has to be made.</summary>
    /// <returns>Whether it is there; not where the service was not available.</returns>
    public virtual Task<bool> Prepare(HttpClient client) => Task.FromResult(true);

    /// <summary>Stores a file at a place, instead of what was there.</summary>
    /// <returns>The path to its bytes; null where the service was not available.</returns>
    public abstract Task<string?> Put(HttpClient client, int place, HttpContent file);

    protected static async Task<JsonNode?> Send(HttpClient client, HttpMethod method, string url, HttpContent? body)
    {
        using var request = new HttpRequestMessage(method, url) { Content = body };
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            return null;
        }

        // What is to go may have gone by a request that was answered 503.
        var isGone = method == HttpMethod.Delete && answer.StatusCode == HttpStatusCode.NotFound;
        (answer.IsSuccessStatusCode || isGone).ShouldBeTrue($"{method} {url}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text);
    }

    /// <summary>The path of an address that the service has given.</summary>
    protected static string PathIn(JsonNode? address) => new Uri(address!.GetValue<string>(), UriKind.Absolute).PathAndQuery;

    protected static MultipartFormDataContent Form(string field, HttpContent file) => new() { { file, field, "file.bin" } };
}

internal sealed class SessionHome(int number) : Home
{
    private const string Sessions = "/api/v1/project/1/sessions";

    private readonly string uuid = $"load-{number}";

    public override async Task<bool> Prepare(HttpClient client)
    {
        var session = new MultipartFormDataContent
        {
            { new StringContent(uuid), "session[uuid]" },
            { new StringContent("unit"), "session[unit_id]" },
        };
        return await Send(client, HttpMethod.Post, Sessions, session) is not null;
    }

    public string GetUrl(int place) => $"{Sessions}/{uuid}/attachments/p{place}";

    public override async Task<string?> Put(HttpClient client, int place, HttpContent file) =>
        await Send(client, HttpMethod.Put, GetUrl(place), file) is null ? null : GetUrl(place);
}

internal sealed class RecordHome(int number) : Home
{
    private readonly string url = $"/api/records/Load/{number}";

    public override async Task<bool> Prepare(HttpClient client)
    {
        var document = new StringContent("""{ "data": { "type": "record" } }""", new MediaTypeHeaderValue("application/vnd.api+json"));
        return await Send(client, HttpMethod.Put, url, document) is not null;
    }

    public override async Task<string?> Put(HttpClient client, int place, HttpContent file)
    {
        var address = $"{url}/attachments/content/folder/f{place}.bin";
        return await Send(client, HttpMethod.Post, address, file) is null ? null : address;
    }
}

internal sealed class OwnedHome : Home
{
    private readonly string?[] entries = new string?[Places];

    public override async Task<string?> Put(HttpClient client, int place, HttpContent file)
    {
        var entry = entries[place];
        var stored = await Send(client, entry is null ? HttpMethod.Post : HttpMethod.Put, entry ?? "/v1/attachments/", Form("file", file));
        if (stored is null)
        {
            return null;
        }

        entries[place] = $"/v1/attachments/{stored["id"]!.GetValue<long>()}";
        return PathIn(stored["download_url"]);
    }
}

internal sealed class SetHome : Home
{
    private readonly string url = $"/api/temporaryattachmentset/{Guid.NewGuid()}";
    private readonly string?[] items = new string?[Places];

    public override async Task<string?> Put(HttpClient client, int place, HttpContent file)
    {
        if (items[place] is { } old)
        {
            if (await Send(client, HttpMethod.Delete, old, null) is null)
            {
                return null;
            }

            items[place] = null;
        }

        if (await Send(client, HttpMethod.Post, url, Form("file", file)) is not { } stored)
        {
            return null;
        }

        items[place] = PathIn(stored[0]!["Self"]);
        return PathIn(stored[0]!["Content"]);
    }
}
