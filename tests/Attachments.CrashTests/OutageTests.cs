using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Attachments.Application.Settings;
using Npgsql;

namespace Attachments.CrashTests;

/// <summary>What the service does while the database is away, full or busy, and that it needs no restart when that is over.</summary>
public sealed class OutageTests
{
    private const string Sessions = "/api/v1/project/1/sessions";
    private const string Point = $"{Sessions}/outage/attachments/photo";

    /// <summary>How long a caller may be left without an answer: within 5 seconds, on a machine that does nothing else.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    [Test]
    public async Task Answers_503_while_PostgreSQL_is_away_and_serves_again_once_it_is_back()
    {
        await using var world = await World.Create();
        using var client = await world.Start();
        var photo = Payload.Create(200_000);
        await CreateSession(client);
        (await client.PutAsync(Point, photo.Content())).StatusCode.ShouldBe(HttpStatusCode.OK);

        await world.StopDatabase();
        await ShouldBeUnavailable(() => client.GetAsync(Point));
        await ShouldBeUnavailable(() => client.GetAsync(Sessions));
        await ShouldBeUnavailable(() => client.PutAsync(Point, Payload.Create(300_000).Content()));
        await ShouldBeUnavailable(() => client.PutAsync(Point, Payload.Create(3_000_000).Content()));
        await ShouldBeUnavailable(() => client.DeleteAsync(Point));
        (await GetStatus(client, "/health/ready")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await GetStatus(client, "/health/live")).ShouldBe(HttpStatusCode.OK);

        await world.StartDatabase();
        await Eventually.Holds(async () => await GetStatus(client, "/health/ready") == HttpStatusCode.OK, "the service is ready again");
        (await Look.Digest(client, Point)).ShouldBe(photo.Version);
        var other = Payload.Create(3_000_000);
        (await client.PutAsync(Point, other.Content())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Look.Digest(client, Point)).ShouldBe(other.Version);
    }

    [Test]
    public async Task Answers_503_within_seconds_when_no_connection_is_to_be_had()
    {
        await using var world = await World.Create(options: "Maximum Pool Size=3");
        using var client = await world.Start();
        await CreateSession(client);

        // Requests that wait for this lock hold every connection that the service may have.
        await using var source = NpgsqlDataSource.Create(Sql.AsObserver(world.Database));
        await using var connection = await source.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var block = new NpgsqlCommand("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE", connection);
            await block.ExecuteNonQueryAsync();
            using var leave = new CancellationTokenSource();
            var waiting = Enumerable.Range(0, 3).Select(_ => client.GetAsync(Sessions, leave.Token)).ToList();
            await Eventually.Holds(
                async () => await Sql.Scalar<long>(
                    world.Database, "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'sessions'::regclass") == 3,
                "three requests wait for the table");
            await ShouldBeUnavailable(() => client.GetAsync(Sessions));
            await transaction.RollbackAsync();
            foreach (var answer in await Task.WhenAll(waiting))
            {
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                answer.Dispose();
            }
        }

        (await GetStatus(client, Sessions)).ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task Refuses_what_a_full_disk_cannot_take_and_keeps_what_it_has()
    {
        await using var disk = await SmallDisk.Mount(megabytes: 160);
        await using var world = await World.Create(disk.Directory("database"));
        using var client = await world.Start();
        await CreateSession(client);
        var photo = Payload.Create(500_000);
        (await client.PutAsync(Point, photo.Content())).StatusCode.ShouldBe(HttpStatusCode.OK);

        disk.Fill(leave: 4_000_000);
        var refused = await client.PutAsync($"{Sessions}/outage/attachments/large", Payload.Create(40_000_000).Content());
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, await refused.Content.ReadAsStringAsync());

        disk.Empty();
        await Eventually.Holds(async () => await GetStatus(client, "/health/ready") == HttpStatusCode.OK, "the service is ready again");
        (await Look.Digest(client, Point)).ShouldBe(photo.Version);
        (await Look.Digest(client, $"{Sessions}/outage/attachments/large")).ShouldBeNull();
        var large = Payload.Create(20_000_000);
        (await client.PutAsync($"{Sessions}/outage/attachments/large", large.Content())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Look.Digest(client, $"{Sessions}/outage/attachments/large")).ShouldBe(large.Version);

        await world.Stop();
        await world.Verb("sweep", "--Storage:ReclaimAfter=00:00:00", "--Storage:AbandonAfter=00:00:00");
        await world.Verb("verify");
        (await world.Audit()).ShouldBeEmpty();
    }

    [Test]
    public async Task Refuses_what_a_full_directory_cannot_take_and_leaves_nothing_of_it()
    {
        await using var disk = await SmallDisk.Mount(megabytes: 60);
        var directory = disk.Directory("files");
        await using var world = await World.Create(settings: new Dictionary<string, string>
        {
            ["Storage:Provider"] = nameof(StorageProvider.Directory),
            ["Storage:Directory:Path"] = directory,
        });
        using var client = await world.Start();
        await CreateSession(client);
        var photo = Payload.Create(500_000);
        (await client.PutAsync(Point, photo.Content())).StatusCode.ShouldBe(HttpStatusCode.OK);

        disk.Fill(leave: 3_000_000);
        var large = Payload.Create(20_000_000);
        var refused = await client.PutAsync($"{Sessions}/outage/attachments/large", large.Content());
        var body = await refused.Content.ReadAsStringAsync();
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, body);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        JsonNode.Parse(body)!["code"]!.GetValue<string>().ShouldBe("store_unavailable");
        body.ShouldContain("no space left");
        (await Look.Digest(client, Point)).ShouldBe(photo.Version);
        (await Look.Digest(client, $"{Sessions}/outage/attachments/large")).ShouldBeNull();

        disk.Empty();
        (await client.PutAsync($"{Sessions}/outage/attachments/large", large.Content())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Look.Digest(client, $"{Sessions}/outage/attachments/large")).ShouldBe(large.Version);
        await world.Stop();
        await world.ShouldLeaveNothingBehind();
        System.IO.Directory.EnumerateFiles(directory, "*.part", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    private static async Task CreateSession(HttpClient client)
    {
        using var answer = await client.PostAsJsonAsync(Sessions, new { session = new { uuid = "outage", unit_id = "unit" } });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private static async Task ShouldBeUnavailable(Func<Task<HttpResponseMessage>> request)
    {
        var watch = Stopwatch.StartNew();
        using var answer = await request();
        watch.Elapsed.ShouldBeLessThan(AnswerLimit);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, body);
        answer.Content.Headers.ContentType.ShouldNotBeNull().MediaType.ShouldBe("application/problem+json");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        JsonNode.Parse(body)!["code"]!.GetValue<string>().ShouldBe("database_unavailable");
    }

    private static async Task<HttpStatusCode> GetStatus(HttpClient client, string url)
    {
        using var answer = await client.GetAsync(url);
        return answer.StatusCode;
    }
}
