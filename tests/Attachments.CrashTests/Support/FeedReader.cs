using System.Text.Json;

namespace Attachments.CrashTests;

/// <summary>Reads the change feed by its cursor, and remembers what it has read whatever fails meanwhile.</summary>
/// <param name="limit">How many changes a page may have.</param>
internal sealed class FeedReader(int limit)
{
    private const int WaitSeconds = 5;

    private static readonly TimeSpan BeforeRetry = TimeSpan.FromMilliseconds(20);

    private readonly List<JsonElement> changes = [];
    private string cursor = "";

    public IReadOnlyList<JsonElement> Changes => changes;

    /// <summary>Waits for changes until it is stopped. What fails is asked for again.</summary>
    public async Task Follow(HttpClient client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ReadPage(client, WaitSeconds, stop);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                await Task.Delay(BeforeRetry, CancellationToken.None);
            }
        }
    }

    /// <summary>Reads to the end of the feed.</summary>
    public async Task ReadToEnd(HttpClient client)
    {
        while (await ReadPage(client, waitSeconds: 0, CancellationToken.None))
        {
        }
    }

    private async Task<bool> ReadPage(HttpClient client, int waitSeconds, CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync($"/v1/changes?limit={limit}&wait={waitSeconds}&after={cursor}", cancellationToken);
        if ((int)answer.StatusCode >= 500)
        {
            throw new HttpRequestException($"The feed was answered {answer.StatusCode}.");
        }

        var page = JsonElement.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        answer.IsSuccessStatusCode.ShouldBeTrue(page.ToString());
        changes.AddRange(page.GetProperty("changes").EnumerateArray());
        cursor = page.GetProperty("next").GetString()!;
        return page.GetProperty("more").GetBoolean();
    }
}
