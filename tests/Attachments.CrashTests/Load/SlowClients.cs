using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Attachments.CrashTests.Load;

/// <summary>
/// One that is slow, or does nothing at all in the middle of a request. The server bears with whoever moves 240 bytes a second, on the
/// average since the body began (Kestrel's data rates).
/// </summary>
internal abstract class SlowClient(Target target, Random random, int number) : LoadClient(target, random)
{
    /// <summary>Of those that are slow; about twice what the server wants.</summary>
    protected const int BytesPerSecond = 500;

    /// <summary>Moved at once: good for half a minute.</summary>
    protected const int FirstBytes = 8_000;

    /// <summary>What the server wants.</summary>
    protected const int LeastBytesPerSecond = 240;

    protected static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    /// <summary>Far more than the server takes to see that somebody is idle; only so that what hangs fails.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly SessionHome home = new(number);

    protected string Path => home.GetUrl(0);

    protected override async Task Work(CancellationToken stop)
    {
        using (var client = Target.Connect())
        {
            await Prepare(client, home);
        }

        while (!stop.IsCancellationRequested)
        {
            await Once(stop);
        }
    }

    protected abstract Task Once(CancellationToken stop);

    /// <summary>
    /// Moves bytes slowly, but for the first, which are to his credit should a busy machine keep him from it; once the run is over, all the
    /// rest at once.
    /// </summary>
    /// <param name="count">How many there are.</param>
    /// <param name="move">Moves so many of them.</param>
    /// <param name="stop">The run is over.</param>
    protected static async Task Trickle(int count, Func<int, int, Task> move, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        for (var moved = 0; moved < count;)
        {
            // By the clock and not by the tick, so that a busy machine makes no one slower than he means to be.
            var due = FirstBytes + (int)(Stopwatch.GetElapsedTime(started).TotalSeconds * BytesPerSecond);
            var next = Math.Min(count, stop.IsCancellationRequested ? count : due) - moved;
            await move(moved, next);
            moved += next;
            await Pause(Tick, stop);
        }
    }

    protected async Task<bool> Stored(RawLine line, LoadFile file) => Accepted(await line.Put(Path, file), "PUT");

    protected bool Accepted(int status, string method)
    {
        status.ShouldBeOneOf([200, 503], $"{method} {Path}");
        return status == 200;
    }

    protected async Task<int> BeginDownload(RawLine line, LoadFile file)
    {
        await line.Ask("GET", Path);
        var (status, length) = await line.ReadHead("GET");
        if (status == 200)
        {
            length.ShouldBe(file.Length);
        }

        return status;
    }

    protected async Task Compare(RawLine line, byte[] buffer, LoadFile file, int start, int count)
    {
        await line.Stream.ReadExactlyAsync(buffer.AsMemory(0, count));
        buffer.AsSpan(0, count).SequenceEqual(file.Bytes.Span.Slice(start, count)).ShouldBeTrue($"{Path} is not what was stored");
    }
}

/// <summary>Sends files at 500 bytes a second, which are all to be stored.</summary>
internal sealed class SlowWriter(Target target, Random random, int number) : SlowClient(target, random, number)
{
    private const int LeastSeconds = 8;
    private const int MostSeconds = 40;

    protected override async Task Once(CancellationToken stop)
    {
        var file = LoadFile.Create(Random, FirstBytes + (LeastSeconds * BytesPerSecond), FirstBytes + (MostSeconds * BytesPerSecond));
        var chunked = Random.Next(2) == 0;
        using var line = await RawLine.Open(Target);

        // A refusal comes before anything is sent, and not as a line that is cut.
        await line.AskToStore(Path, chunked ? null : file.Length, "Expect: 100-continue");
        var (allowed, _) = await line.ReadHead("PUT");
        if (allowed != 100)
        {
            Accepted(allowed, "PUT");
            return;
        }

        await Trickle(file.Length, (start, count) => Send(line, file.Slice(start, count), chunked), stop);
        if (chunked)
        {
            await line.Send("0\r\n\r\n"u8.ToArray());
        }

        if (!Accepted(await line.SkipAnswer("PUT"), "PUT"))
        {
            return;
        }

        Tally.Upload(file.Length);
        Tally.Happened("slow uploads stored");
        if (await BeginDownload(line, file) == 200)
        {
            await Compare(line, new byte[file.Length], file, 0, file.Length);
            Tally.Download(file.Length);
        }
    }

    private static async Task Send(RawLine line, LoadFile piece, bool chunked)
    {
        if (piece.Length == 0)
        {
            return;
        }

        var size = Encoding.ASCII.GetBytes($"{piece.Length.ToString("x", CultureInfo.InvariantCulture)}\r\n");
        await line.Send(chunked ? (byte[])[.. size, .. piece.Bytes.Span, .. "\r\n"u8] : piece.Bytes);
    }
}

/// <summary>Reads files at 500 bytes a second, which are deleted meanwhile, and are to be served to their end all the same.</summary>
internal sealed class SlowReader(Target target, Random random, int number) : SlowClient(target, random, number)
{
    private const int LeastBytes = 100 << 10;
    private const int MostBytes = 400 << 10;

    protected override async Task Once(CancellationToken stop)
    {
        var file = LoadFile.Create(Random, LeastBytes, MostBytes);
        using var line = await RawLine.Open(Target);
        if (!await Stored(line, file) || await BeginDownload(line, file) != 200)
        {
            return;
        }

        using (var other = await RawLine.Open(Target))
        {
            Accepted(await other.AskWhole("DELETE", Path), "DELETE");
        }

        var buffer = new byte[file.Length];
        await Trickle(file.Length, (start, count) => Compare(line, buffer, file, start, count), stop);
        Tally.Download(file.Length);
        Tally.Happened("slow downloads of deleted files ended whole");
    }
}

/// <summary>Begins uploads and then sends nothing more: each is to be cut.</summary>
internal sealed class IdleWriter(Target target, Random random, int number) : SlowClient(target, random, number)
{
    private const int Announced = 1_000_000;
    private const int MostSent = 1_000;

    protected override async Task Once(CancellationToken stop)
    {
        using var line = await RawLine.Open(Target);
        await line.AskToStore(Path, Announced);
        await line.Send(LoadFile.Create(Random, 0, MostSent).Bytes);
        try
        {
            var (status, _) = await line.ReadHead("PUT").WaitAsync(Patience, CancellationToken.None);
            status.ShouldBeOneOf(408, 503);
        }
        catch (IOException)
        {
            // Cut without a word.
        }

        Tally.Happened("idle uploads cut");
    }
}

/// <summary>
/// Asks for files and then reads nothing. What the server has handed to the line counts at once, so it waits for as long as that would
/// take at the slowest rate; then it is to cut the line.
/// </summary>
internal sealed class IdleReader(Target target, Random random, int number) : SlowClient(target, random, number)
{
    /// <summary>As little as does not fit into the buffers on the way: what the server holds for a connection is 64 KiB.</summary>
    private const int FileBytes = 68 << 10;

    private static readonly TimeSpan Borne = TimeSpan.FromSeconds(FileBytes / LeastBytesPerSecond);

    protected override async Task Once(CancellationToken stop)
    {
        var file = LoadFile.Create(Random, FileBytes, FileBytes);
        using (var writing = await RawLine.Open(Target))
        {
            if (!await Stored(writing, file))
            {
                return;
            }
        }

        using var line = await RawLine.Open(Target);
        if (await BeginDownload(line, file) != 200)
        {
            return;
        }

        var started = Stopwatch.GetTimestamp();
        var untilCut = await Pause(Borne + Patience, stop);
        var waited = Stopwatch.GetElapsedTime(started);
        try
        {
            await Compare(line, new byte[FileBytes], file, 0, FileBytes);
            untilCut.ShouldBeFalse("an idle reader is cut");
            Tally.Download(FileBytes);
            Tally.Happened("idle downloads that were not to be cut yet");
        }
        catch (IOException)
        {
            waited.ShouldBeGreaterThan(Borne, "an idle reader is cut no sooner than a slow one would be");
            Tally.Happened("idle downloads cut");
        }
    }
}
