using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace Attachments.Bench;

/// <summary>The change feed: pages of much and of little, and how soon a change is told.</summary>
internal static class Feed
{
    public const int PageSize = 100;

    private const int WritesPerSecond = 200;
    private const string Point = "feed-";

    /// <summary>$1: how many changes there are to be. They have their positions.</summary>
    public const string Fill =
        """
        WITH made AS (
            INSERT INTO changes (id, position, numbered_at, type, revision, occurred_at, is_replacement, project_id, session_uuid, point_name,
                length, sha256, media_type)
            SELECT gen_random_uuid(), n, now(), 'session.attachment.stored', n, now(), FALSE, 1, 'many-' || n / 1000, 'point-' || n,
                128, sha256(n::text::bytea), 'image/jpeg'
            FROM generate_series(1, $1) AS n
            RETURNING 1
        )
        UPDATE feed SET last_position = (SELECT count(*) FROM made)
        """;

    /// <summary>Pages at random places, one after another.</summary>
    /// <returns>Pages a second.</returns>
    public static async Task<double> ReadPages(Service service, string database, int seconds)
    {
        var (feed, last) = await Look(database);
        var random = new Random(1);
        var (pages, watch) = (0, Stopwatch.StartNew());
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            var after = Cursor(feed, random.NextInt64(last - PageSize + 1));
            using var answer = await service.Client.GetAsync($"/v1/changes?limit={PageSize}&after={after}");
            await answer.EnsureSuccessStatusCode().Content.CopyToAsync(Stream.Null);
            pages++;
        }

        return pages / watch.Elapsed.TotalSeconds;
    }

    /// <summary>From the answer to a write to the event of its change, in milliseconds, while 200 are made each second.</summary>
    /// <returns>The median, and what 99 of 100 are within.</returns>
    public static async Task<(double Median, double Most)> MeasureLatency(Service service, string session, byte[] body, int seconds)
    {
        var count = WritesPerSecond * seconds;
        var answered = new ConcurrentDictionary<int, long>();
        var told = new ConcurrentDictionary<int, long>();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/changes?after=latest&type=session.attachment.stored");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var stream = await service.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await stream.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(), Encoding.UTF8);

        // The place that it begins at.
        await reader.ReadLineAsync();
        var reading = Task.Run(() => Follow(reader, told, count));
        var writes = new List<Task>();
        for (var (i, watch) = (0, Stopwatch.StartNew()); i < count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / WritesPerSecond) - watch.Elapsed;
            await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero);
            writes.Add(Write(service, $"{session}-{i % 64}", i, body, answered));
        }

        await Task.WhenAll(writes);
        await reading;
        var latencies = told
            .Select(it => Stopwatch.GetElapsedTime(answered[it.Key], it.Value).TotalMilliseconds)
            .Order()
            .ToList();
        return (latencies[latencies.Count / 2], latencies[latencies.Count * 99 / 100]);
    }

    private static async Task Write(Service service, string session, int number, byte[] body, ConcurrentDictionary<int, long> answered)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };
        using var answer = await service.Client.PutAsync($"{session}/attachments/{Point}{number}", content);
        answer.EnsureSuccessStatusCode();
        answered[number] = Stopwatch.GetTimestamp();
    }

    private static async Task Follow(StreamReader reader, ConcurrentDictionary<int, long> told, int count)
    {
        for (var seen = 0; seen < count;)
        {
            var line = await reader.ReadLineAsync() ?? throw new EndOfStreamException();
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                var now = Stopwatch.GetTimestamp();
                var point = JsonElement.Parse(line["data: ".Length..]).GetProperty("data").GetProperty("id").GetString()!;
                told[int.Parse(point[Point.Length..], CultureInfo.InvariantCulture)] = now;
                seen++;
            }
        }
    }

    private static async Task<(Guid Feed, long Last)> Look(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("SELECT id, last_position FROM feed");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetGuid(0), reader.GetInt64(1));
    }

    private static string Cursor(Guid feed, long position) => Convert
        .ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{feed:N}.{position}")))
        .TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
