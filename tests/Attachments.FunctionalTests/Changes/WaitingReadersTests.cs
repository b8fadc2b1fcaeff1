using System.Diagnostics;
using System.Text.Json;
using Attachments.Api.Callers;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Changes;

/// <summary>Those who wait for changes: long polls and streams of events.</summary>
[TestFixture]
internal sealed class WaitingReadersTests
{
    private const int Many = 1000;

    private static readonly byte[] File = Files.Make(Files.Small);

    private RunningService service = null!;
    private HttpClient client = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService();
        client = service.ClientWith(service.Sign(new TokenRequest("engineer") { Projects = [7] }));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        client.Dispose();
        await service.DisposeAsync();
    }

    [Test]
    public async Task A_wait_ends_with_a_change_that_the_caller_may_see()
    {
        var before = await service.ReadCursor();
        var waiting = client.ReadChanges($"?wait=60&after={before}");
        await new Project(service.Admin, 8).Have("not theirs");
        await service.NumberChanges();
        await new Project(service.Admin, 7).Have("theirs");
        var page = (await waiting).ShouldBePage();
        page.GetProperty("changes").EnumerateArray().ShouldHaveSingleItem().Text("subject").ShouldEndWith("/theirs");
        (await client.ReadChanges($"?after={page.Next()}")).ShouldBePage().GetProperty("changes").GetArrayLength().ShouldBe(0);
    }

    [Test]
    public async Task A_wait_ends_with_its_time_and_a_cursor()
    {
        var before = await service.ReadCursor();
        var watch = Stopwatch.StartNew();
        var page = (await client.ReadChanges($"?wait=1&after={before}")).ShouldBePage();
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.9));
        page.Next().ShouldBe(before);
        page.GetProperty("more").GetBoolean().ShouldBeFalse();
    }

    [Test]
    public async Task A_wait_and_a_stream_end_with_the_token_and_without_grace()
    {
        using var briefly = service.ClientWith(service.Sign(new TokenRequest("engineer") { Lifetime = TimeSpan.FromSeconds(2) }));
        var watch = Stopwatch.StartNew();
        var waiting = briefly.ReadChanges("?after=latest&wait=60");
        await using var stream = await EventStream.Open(briefly, "?after=latest");
        (await stream.ReadEvent()).ShouldBeNull();
        (await waiting).ShouldBePage();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));

        // Its grace lets a new request in; it does not wait.
        await using var late = await EventStream.Open(briefly, "?after=latest");
        (await late.ReadEvent()).ShouldBeNull();
    }

    [Test]
    public async Task A_wait_and_a_stream_end_when_the_service_stops()
    {
        await using var stopping = await TestBed.StartService();
        var waiting = stopping.Admin.ReadChanges("?after=latest&wait=60");
        await using var stream = await EventStream.Open(stopping.Admin, "?after=latest");
        await stream.ReadBlock();
        var stop = stopping.StopServing();
        (await stream.ReadEvent()).ShouldBeNull();
        (await waiting).ShouldBePage();
        await stop;
    }

    [Test]
    public async Task A_head_does_not_wait()
    {
        var watch = Stopwatch.StartNew();
        (await client.Ask(HttpMethod.Head, ChangeFeed.Address + "?after=latest&wait=60")).Status.ShouldBe(200);
        var stream = await client.Ask(HttpMethod.Head, ChangeFeed.Address + "?after=latest", null, ("Accept", "text/event-stream"));
        stream.Field("Content-Type").ShouldBe("text/event-stream");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Test]
    public async Task A_stream_has_an_event_for_each_change_with_the_cursor_after_it()
    {
        var before = await service.ReadCursor();
        await using var stream = await EventStream.Open(client, $"?after={before}");
        stream.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
        stream.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await stream.ReadBlock())!.Value.Data.ShouldBeNull();
        stream.LastId.ShouldBe(before);

        var project = new Project(service.Admin, 7);
        await project.HaveFile("streamed", "p", File);
        await new Project(service.Admin, 8).Have("not theirs");
        await project.Delete("streamed");
        var (events, ids) = (new List<JsonElement>(), new List<string>());
        while (events.Count < 3)
        {
            events.Add(JsonElement.Parse((await stream.ReadEvent()).ShouldNotBeNull()));
            ids.Add(stream.LastId);
        }

        events.Types().ShouldBe(["session.created", "session.attachment.stored", "session.deleted"]);
        var listed = await service.ReadChangesAfter(before, client);
        events.Select(change => change.GetRawText()).ShouldBe(listed.Select(change => change.GetRawText()));

        // After a break it goes on behind the last event, whatever its address says.
        await using var again = await EventStream.Open(client, $"?after={before}", ids[0]);
        JsonElement.Parse((await again.ReadEvent())!).Text("type").ShouldBe("session.attachment.stored");
        (await service.ReadChangesAfter(ids[1], client)).Types().ShouldBe(["session.deleted"]);
    }

    [TestCase("text/event-stream", true)]
    [TestCase("application/json, text/event-stream", true)]
    [TestCase("application/json, text/event-stream;q=0.9", false)]
    [TestCase("text/*", false)]
    [TestCase("text/event-stream;q=0", false)]
    [TestCase("*/*", false)]
    [TestCase("text/html", false)]
    public async Task A_stream_is_for_those_who_ask_for_one(string accept, bool isStream)
    {
        var answer = await client.Ask(HttpMethod.Head, ChangeFeed.Address, null, ("Accept", accept));
        answer.Field("Content-Type").ShouldBe(isStream ? "text/event-stream" : "application/json; charset=utf-8");
        answer.Field("Vary").ShouldBe("Accept");
    }

    /// <summary>On a clock that runs thirty times as fast.</summary>
    [Test]
    public async Task A_silent_stream_has_a_comment_every_15_seconds_and_the_place_that_it_has_reached()
    {
        await using var fast = await TestBed.StartService(new FastTime(30));
        using var engineer = fast.ClientWith(fast.Sign(new TokenRequest("engineer") { Projects = [7], Lifetime = TimeSpan.FromHours(10) }));
        var watch = Stopwatch.StartNew();
        await using var stream = await EventStream.Open(engineer, "?after=latest");
        (await stream.ReadBlock())!.Value.IsComment.ShouldBeTrue();
        await new Project(fast.Admin, 8).Have("not theirs");
        var end = await fast.ReadCursor();
        var silences = 0;
        for (; silences < 4 || stream.LastId != end; silences++)
        {
            var block = (await stream.ReadBlock())!.Value;
            (block.IsComment, block.Data).ShouldBe((true, null));
        }

        (watch.Elapsed * 30 / silences).ShouldBeGreaterThan(TimeSpan.FromSeconds(14));
    }

    [Test]
    public async Task Those_who_wait_and_those_who_do_not_read_hold_no_connection()
    {
        var before = await service.ReadCursor();
        await service.Execute(
            """
            INSERT INTO changes (id, type, revision, occurred_at, is_replacement, project_id, session_uuid, point_name)
            SELECT gen_random_uuid(), 'session.attachment.stored', number, now(), FALSE, 9, 's', repeat('p', 500) FROM generate_series(1, 5000) AS number
            """);
        var end = await service.ReadCursor();
        await using var slow = await service.Connect(receiveBuffer: 4096);
        await slow.Send(service.RequestHead("GET", $"{ChangeFeed.Address}?after={before}&limit=1000", "Accept: text/event-stream"));
        (await slow.ReadHead()).Status.ShouldBe(200);

        using var many = new HttpClient(new SocketsHttpHandler()) { BaseAddress = service.Address };
        many.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;
        var waiting = new List<Task<HttpResponseMessage>>();
        while (waiting.Count < Many)
        {
            waiting.AddRange(Enumerable.Range(0, Many / 20).Select(_ => many.GetAsync($"{ChangeFeed.Address}?wait=60&after={end}")).ToList());
            await Eventually.Holds(NobodyReads, "nobody reads any longer");
        }

        await using (var connections = new ConnectionCount(service.ConnectionString))
        {
            await Eventually.Holds(() => Task.FromResult(connections.Samples > 20), "watched for a while");

            // The sequencer's, which is not always there.
            connections.MostInUse.ShouldBeLessThanOrEqualTo(2);
        }

        waiting.Where(request => request.IsCompleted).Select(request => request.Result.StatusCode).ShouldBeEmpty();
        await new Project(service.Admin, 7).Have("for all");
        foreach (var response in await Task.WhenAll(waiting))
        {
            using (response)
            {
                JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("changes").GetArrayLength().ShouldBe(1);
            }
        }
    }

    private async Task<bool> NobodyReads() => await Sql.Scalar<long>(
        service.ConnectionString,
        """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'attachments' AND query LIKE '%expired_position%'
            AND (state <> 'idle' OR state_change > now() - interval '100 milliseconds')
        """) == 0;
}
