using System.Text.Json;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;

namespace Attachments.FunctionalTests.Webhooks;

/// <summary>The webhooks of a service, as an administrator manages them.</summary>
internal sealed class Hooks(RunningService service)
{
    public const string Collection = "/v1/webhooks";

    /// <summary>Makes one for a receiver.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="members">More members of the body, each with a comma in front.</param>
    public async Task<Hook> Have(WebhookReceiver receiver, string members = "")
    {
        var answer = await Create($$"""{"url":"{{receiver.Url}}"{{members}}}""");
        answer.Status.ShouldBe(201, answer.Text);
        return new Hook(service.Admin, answer.Json.GetProperty("id").GetString()!, answer.Json.GetProperty("secret").GetString()!);
    }

    public Task<Answer> Create(string json) => service.Admin.Ask(HttpMethod.Post, Collection, Body.Json(json));

    /// <summary>Stores a file of a session.</summary>
    public async Task HaveFile(string session, string point = "p") =>
        await new Project(service.Admin, RunningService.MembersProject).HaveFile(session, point, Files.Make(Files.Small));
}

/// <summary>A webhook.</summary>
internal sealed class Hook(HttpClient admin, string id, string secret)
{
    public string Id => id;

    public string Secret => secret;

    public string Url => $"{Hooks.Collection}/{id}";

    public Task<Answer> Get(params (string, string)[] fields) => admin.Ask(HttpMethod.Get, Url, null, fields);

    public Task<Answer> Patch(string json, params (string, string)[] fields) => admin.Ask(HttpMethod.Patch, Url, Body.Json(json), fields);

    public Task<Answer> Delete() => admin.Ask(HttpMethod.Delete, Url);

    public Task<Answer> Post(string act, string? json = null) =>
        admin.Ask(HttpMethod.Post, $"{Url}/{act}", json is null ? null : Body.Json(json));

    public Task<Answer> ListDeliveries(string query = "") => admin.Ask(HttpMethod.Get, $"{Url}/deliveries{query}");

    public async Task<IReadOnlyList<JsonElement>> GetDeliveries(string query = "") =>
        [.. (await ListDeliveries(query)).Json.GetProperty("deliveries").EnumerateArray()];

    /// <summary>Waits until this is true of its only delivery.</summary>
    public async Task<JsonElement> WaitForDelivery(Func<JsonElement, bool> condition)
    {
        JsonElement? found = null;
        await Eventually.Holds(
            async () => (found = (await GetDeliveries()) is [var one] && condition(one) ? one : null) is not null,
            "the only delivery is as it should be");
        return found!.Value;
    }

    /// <summary>Throws if the secret has not signed.</summary>
    public static void Verify(ReceivedHook hook, string secret)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in hook.Fields)
        {
            headers[name] = value;
        }

        new StandardWebhook(secret).Verify(hook.Body, headers);
    }
}
