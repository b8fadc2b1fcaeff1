using System.Text.Json.Nodes;

namespace Attachments.CrashTests;

/// <summary>Owned attachments, found by their file names.</summary>
internal static class OwnedAttachments
{
    /// <summary>The digest of its bytes and its description; null where there is none.</summary>
    public static async Task<string?> Version(HttpClient client, string fileName)
    {
        if (await Find(client, fileName) is not { } entry)
        {
            return null;
        }

        var digest = await Look.Digest(client, entry["download_url"]!.GetValue<string>());
        return $"{digest} {entry["description"]!.GetValue<string>()}";
    }

    public static async Task<long> Id(HttpClient client, string fileName) =>
        (await Find(client, fileName) ?? throw new HttpRequestException($"{fileName} is not listed."))["id"]!.GetValue<long>();

    private static async Task<JsonNode?> Find(HttpClient client, string fileName)
    {
        using var answer = await client.GetAsync($"/v1/attachments/?filename={Uri.EscapeDataString(fileName)}");
        answer.EnsureSuccessStatusCode();
        var found = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray();
        found.Count.ShouldBeLessThanOrEqualTo(1, $"{fileName} was made once");
        return found.SingleOrDefault();
    }
}
