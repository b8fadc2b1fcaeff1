using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace Attachments.CrashTests.Load;

/// <summary>One connection, and what is done over it until the run ends.</summary>
internal abstract class LoadClient(Target target, Random random)
{
    /// <summary>What a client waits that has been told to come again.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private const int MostCuts = 5;

    protected Target Target => target;

    protected Tally Tally => target.Tally;

    protected Random Random => random;

    /// <summary>Works until it is told to stop, and then brings to its end what it has begun.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            await Work(stop);
        }
        catch (Exception exception)
        {
            Tally.Fault($"{GetType().Name}: {exception}");
        }
    }

    protected abstract Task Work(CancellationToken stop);

    /// <summary>Makes where the files are to be, however often the service is not available.</summary>
    protected static async Task Prepare(HttpClient client, Home home)
    {
        while (!await home.Prepare(client))
        {
            await Task.Delay(Retry);
        }
    }

    /// <summary>Stores a file, however often the service is not available. Counted where it is acknowledged.</summary>
    /// <returns>The path to its bytes.</returns>
    protected async Task<string> Put(HttpClient client, Home home, int place, LoadFile file, bool chunked)
    {
        while (true)
        {
            string? url = null;
            await Again(async () => url = await home.Put(client, place, file.Content(chunked)));
            if (url is not null)
            {
                Tally.Upload(file.Length);
                return url;
            }

            await Task.Delay(Retry);
        }
    }

    /// <summary>
    /// Downloads a file, or a range of it, and compares it. A download that has begun is cut where it would otherwise be answered 503, and
    /// is then begun again.
    /// </summary>
    protected Task Get(HttpClient client, string url, LoadFile expected, RangeHeaderValue? range = null) =>
        Again(() => GetOnce(client, url, expected, range));

    /// <summary>
    /// Does something again that was cut: a download that cannot go on, or an upload that was refused while its body was still being sent.
    /// </summary>
    protected async Task Again(Func<Task> act)
    {
        for (var cuts = 0; ; cuts++)
        {
            try
            {
                await act();
                return;
            }
            catch (Exception cut) when (cut is IOException or HttpRequestException { InnerException: IOException } && cuts < MostCuts)
            {
                Tally.Happened("transfers cut in the middle and begun again");
                await Task.Delay(Retry);
            }
        }
    }

    private async Task GetOnce(HttpClient client, string url, LoadFile expected, RangeHeaderValue? range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = range } };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.ShouldBe(range is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent, url);
        answer.Content.Headers.ContentLength.ShouldBe(expected.Length, url);
        await using var body = await answer.Content.ReadAsStreamAsync();
        (await expected.Matches(body)).ShouldBeTrue($"{url} is not what was stored");
        Tally.Download(expected.Length);
    }

    /// <summary>Waits, unless the run is over.</summary>
    /// <returns>Whether it goes on.</returns>
    protected static async Task<bool> Pause(TimeSpan time, CancellationToken stop)
    {
        await Task.Delay(time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stop.IsCancellationRequested;
    }
}

/// <summary>Stores and reads small files, with pauses, and measures what each request takes.</summary>
internal sealed class SmallClient(Target target, Random random, int number) : LoadClient(target, random)
{
    public const string Putting = "PUT";
    public const string Getting = "GET";

    private const int MostBytes = 40_000;
    private const int MostPauseMilliseconds = 400;

    protected override async Task Work(CancellationToken stop)
    {
        using var client = Target.Connect();
        var home = Home.For(number);
        await Prepare(client, home);
        do
        {
            var file = LoadFile.Create(Random, 0, MostBytes);
            var started = Stopwatch.GetTimestamp();
            var url = await Put(client, home, Random.Next(Home.Places), file, chunked: Random.Next(2) == 0);
            Tally.Took(Putting, Stopwatch.GetElapsedTime(started));
            started = Stopwatch.GetTimestamp();
            await Get(client, url, file);
            Tally.Took(Getting, Stopwatch.GetElapsedTime(started));
        }
        while (await Pause(TimeSpan.FromMilliseconds(Random.Next(MostPauseMilliseconds)), stop));
    }
}

/// <summary>Stores large files, with a length and without, and reads them whole and in part.</summary>
internal sealed class LargeClient(Target target, Random random, int number) : LoadClient(target, random)
{
    private const int LeastBytes = 2 << 20;
    private const int MostBytes = 16 << 20;
    private const int Ranges = 3;

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    protected override async Task Work(CancellationToken stop)
    {
        using var client = Target.Connect();
        var home = Home.For(number);
        await Prepare(client, home);
        for (var chunked = number % 8 < 4; ; chunked = !chunked)
        {
            var file = LoadFile.Create(Random, LeastBytes, MostBytes);
            var url = await Put(client, home, 0, file, chunked);
            await Get(client, url, file);
            for (var i = 0; i < Ranges; i++)
            {
                var first = Random.Next(file.Length);
                var count = Random.Next(1, file.Length - first + 1);
                await Get(client, url, file.Slice(first, count), new RangeHeaderValue(first, first + count - 1));
            }

            if (!await Pause(Between, stop))
            {
                return;
            }
        }
    }
}

/// <summary>Does all that the clients of the crash tests do, in one of the families, but for leaving.</summary>
internal sealed class MixedClient(Target target, Random random, int number) : LoadClient(target, random)
{
    private readonly Actor actor = (number % 4) switch
    {
        0 => new SessionActor(number) { MayLeave = false },
        1 => new RecordActor(number) { MayLeave = false },
        2 => new OwnedActor(number) { MayLeave = false },
        _ => new SetActor(number) { MayLeave = false },
    };

    protected override async Task Work(CancellationToken stop)
    {
        using var client = Target.Connect();
        while (!stop.IsCancellationRequested)
        {
            // It comes back when a request has not been acknowledged; the check finds out what came of that.
            var wrong = new List<string>(await actor.Run(client, Random, fault: null, stop));
            await Again(async () => wrong.AddRange(await actor.Check(client, everything: stop.IsCancellationRequested)));
            wrong.ForEach(Tally.Fault);
        }
    }
}
