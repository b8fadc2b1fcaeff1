using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Attachments.CrashTests;

/// <summary>What the service shows at an address.</summary>
internal static class Look
{
    /// <summary>The SHA-256 of the bytes that are served, which must be their entity tag too; null for 404.</summary>
    public static async Task<string?> Digest(HttpClient client, string url)
    {
        using var answer = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, url);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(body));
        answer.Headers.ETag.ShouldNotBeNull().Tag.ShouldBe($"\"{digest}\"", $"{url}: the bytes are not those that its entity tag names");
        return digest;
    }

    /// <summary>A JSON document; null for 404.</summary>
    /// <exception cref="HttpRequestException">Anything else was answered, which a client that looks before it acts takes for no
    /// answer.</exception>
    public static async Task<JsonNode?> Document(HttpClient client, string url)
    {
        using var answer = await client.GetAsync(url);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        var text = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == HttpStatusCode.OK
            ? JsonNode.Parse(text)
            : throw new HttpRequestException($"{url} was answered {(int)answer.StatusCode}: {text}", null, answer.StatusCode);
    }
}
