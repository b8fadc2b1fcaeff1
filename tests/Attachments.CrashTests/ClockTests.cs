using System.Net;
using Attachments.CrashTests.Load;

namespace Attachments.CrashTests;

/// <summary>The clock of the machine that the service runs on jumps, and is put right again.</summary>
[Platform("Linux", Reason = "The clock of a process is moved by a library of Linux.")]
public sealed class ClockTests
{
    private const int Homes = 4;
    private const int FileBytes = 700_000;
    private const string CountArriving = "SELECT count(*) FROM blobs WHERE state = 0";

    [Test]
    public async Task Loses_nothing_when_it_jumps_by_a_year_and_back()
    {
        using var clock = new FakeClock();
        await using var world = await World.Create(settings: clock.Settings);
        using var client = await world.Start();
        var (kept, random) = (new List<(string Path, LoadFile File)>(), new Random(1));
        foreach (var home in Enumerable.Range(0, Homes).Select(Home.For))
        {
            (await home.Prepare(client)).ShouldBeTrue();
            foreach (var (place, length) in new[] { 1_000, FileBytes }.Index())
            {
                var file = LoadFile.Create(random, length, length);
                kept.Add(((await home.Put(client, place, file.Content(chunked: false))).ShouldNotBeNull(), file));
            }
        }

        // An upload under way is stored, though its token has expired by then.
        var (path, late) = (new SessionHome(0).GetUrl(Home.Places), LoadFile.Create(random, FileBytes, FileBytes));
        using (var upload = await RawLine.Open(new Target(client.BaseAddress!, world.Token, new Tally())))
        {
            await upload.AskToStore(path, late.Length);
            await upload.Send(late.Slice(0, FileBytes / 2).Bytes);
            await Eventually.Holds(async () => await Sql.Scalar<long>(world.Database, CountArriving) == 1, "it is being stored");
            clock.Move("+400d");
            await Eventually.Holds(async () => await GetStatus(client, path) == HttpStatusCode.Unauthorized, "nobody's token is valid");
            await upload.Send(late.Slice(FileBytes / 2, FileBytes - (FileBytes / 2)).Bytes);
            (await upload.SkipAnswer("PUT")).ShouldBe(200);
            kept.Add((path, late));
        }

        var sweep = await world.TryVerb("sweep", "--Storage:ReclaimAfter=00:00:00", "--Storage:AbandonAfter=00:00:00");
        sweep.ExitCode.ShouldBe(1, sweep.ToString());
        sweep.Errors.ShouldHaveSingleItem().ShouldStartWith("attachments: Nothing is swept: the clock here says ");

        clock.Move("+0d");
        await Eventually.Holds(async () => await GetStatus(client, path) == HttpStatusCode.OK, "tokens are valid again");
        foreach (var (there, file) in kept)
        {
            await using var body = await client.GetStreamAsync(there);
            (await file.Matches(body)).ShouldBeTrue($"{there} is not what was stored");
        }

        await world.Stop();
        await world.ShouldLeaveNothingBehind();
    }

    private static async Task<HttpStatusCode> GetStatus(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
