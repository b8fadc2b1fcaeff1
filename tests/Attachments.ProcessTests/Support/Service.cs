using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Attachments.ProcessTests;

/// <summary>A service that serves, and an administrator's way to it.</summary>
internal sealed class Service : IAsyncDisposable
{
    /// <summary>All the services of a run take the same tokens.</summary>
    private static readonly Lazy<Task<string>> AdminToken = new(SignToken);

    private Service(ServiceProcess process, HttpClient client, string token)
    {
        Process = process;
        Client = client;
        Token = token;
    }

    public ServiceProcess Process { get; }

    public HttpClient Client { get; }

    public string Token { get; }

    public Uri Address => Client.BaseAddress!;

    /// <summary>Migrates an empty database, and serves it.</summary>
    public static async Task<Service> StartOnNewDatabase() => await Start(ServiceSettings.Complete(await CreateMigrated()));

    public static async Task<Service> Start(ServiceSettings settings, params string[] arguments)
    {
        var process = ServiceProcess.Launch(settings, arguments);
        try
        {
            return new Service(process, NewClient(await process.Listening(), await AdminToken.Value), await AdminToken.Value);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>A database of its own, with our schema.</summary>
    public static Task<string> CreateMigrated() => Databases.CreateMigrated();

    public static HttpClient NewClient(Uri address, string token, HttpMessageHandler? handler = null) => new(handler ?? new HttpClientHandler())
    {
        BaseAddress = address,
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    public static string GetPath(string session, string point) =>
        $"/api/v1/project/1/sessions/{Uri.EscapeDataString(session)}/attachments/{Uri.EscapeDataString(point)}";

    public Task CreateSession(string uuid) => CreateSession(Client, uuid);

    public static async Task CreateSession(HttpClient client, string uuid)
    {
        var body = JsonContent.Create(new { session = new { uuid, unit_id = "unit" } });
        await ReadResult(await client.PostAsync("/api/v1/project/1/sessions", body));
    }

    /// <summary>Stores a file; what the service says of it.</summary>
    public Task<JsonNode> Put(string session, string point, HttpContent content) => Put(Client, session, point, content);

    public static async Task<JsonNode> Put(HttpClient client, string session, string point, HttpContent content)
    {
        content.Headers.ContentType ??= new MediaTypeHeaderValue("application/octet-stream");
        return await ReadResult(await client.PutAsync(GetPath(session, point), content));
    }

    public Task<byte[]> Get(string session, string point) => Client.GetByteArrayAsync(GetPath(session, point));

    public static async Task<JsonNode> ReadResult(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            response.IsSuccessStatusCode.ShouldBeTrue($"{(int)response.StatusCode}: {text}");
            return JsonNode.Parse(text)!["result"]!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }

    private static async Task<string> SignToken()
    {
        // The verb wants no database.
        var outcome = await ServiceProcess.Run(ServiceSettings.WithKey(), "token", "--sub", "tester", "--admin");
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        return outcome.Output.ShouldHaveSingleItem();
    }
}
