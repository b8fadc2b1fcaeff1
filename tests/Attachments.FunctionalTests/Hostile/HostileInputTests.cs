using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Attachments.Api.Callers;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Hostile;

/// <summary>
/// Whatever is sent, the service answers, says no more than it should, and keeps what it has. A run is the same for the same seed:
/// <c>ATTACHMENTS_HOSTILE_SEED</c>, <c>ATTACHMENTS_HOSTILE_CASES</c> (how many) and <c>ATTACHMENTS_HOSTILE_FIRST</c> (from which number
/// on) repeat one, or make a long one.
/// </summary>
[TestFixture]
internal sealed class HostileInputTests
{
    private const int DefaultCases = 2500;
    private const int Workers = 8;
    private const int EnoughFaults = 20;

    /// <summary>What the service and this test may hold at the end, in bytes, more than before: far below what is sent.</summary>
    private const long MaxGrowth = 64 << 20;

    /// <summary>What they may hold at any time, in bytes: each of the workers' requests takes a few buffers and one document.</summary>
    private const long MaxHeap = 1L << 30;

    private static readonly byte[] Kept = Files.Make(Files.Large);

    private readonly ConcurrentBag<string> faults = [];
    private readonly ConcurrentDictionary<int, int> statuses = new();

    private RunningService service = null!;
    private IReadOnlyList<string> kept = [];

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService(
            "--Storage:ReclaimAfter=00:00:00", "--Limits:MaxUploadBytes=750000", "--Limits:MaxDocumentBytes=262144", "--Limits:MaxParts=20",
            "--Limits:MaxRawDataBytes=4096");
        kept = await KeepFiles();
    }

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [Test]
    public async Task Is_answered_refused_or_stored_and_breaks_nothing()
    {
        var seed = Setting("SEED", Environment.TickCount & 0xffff);
        var (first, cases) = (Setting("FIRST", 0), Setting("CASES", DefaultCases));
        await TestContext.Out.WriteLineAsync($"ATTACHMENTS_HOSTILE_SEED={seed}, {cases} cases from {first} on");
        var requests = new HostileRequests(seed, kept);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var elapsed = Stopwatch.StartNew();
        var peak = 0L;
        await Parallel.ForEachAsync(
            Enumerable.Range(first, cases),
            new ParallelOptions { MaxDegreeOfParallelism = Workers },
            async (number, _) =>
            {
                if (faults.Count < EnoughFaults)
                {
                    await Try(number, requests.Make(number));
                    InterlockedMax(ref peak, GC.GetTotalMemory(forceFullCollection: false));
                }
            });
        await TestContext.Out.WriteLineAsync(
            $"{elapsed.Elapsed.TotalSeconds:0} s; heap at most {peak >> 20} MiB, {Growth(before) >> 20} MiB more at the end; answers: "
            + string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}")));
        faults.ShouldBeEmpty();
        peak.ShouldBeLessThan(MaxHeap);

        // A pool of buffers gives back what it holds some time after the last use of it.
        await Eventually.Holds(() => Task.FromResult(Growth(before) < MaxGrowth), $"The heap has grown by less than {MaxGrowth} bytes.");
        foreach (var target in kept)
        {
            (await service.Admin.Ask(HttpMethod.Get, target)).Body.ShouldBe(Kept);
        }

        await service.ShouldKeepOnlyWhatIsReferredTo();
        (await service.Verify()).ShouldBe(0);
        (await service.Anonymous.Ask(HttpMethod.Get, "/health/ready")).Status.ShouldBe(200);
    }

    private static long Growth(long before) => GC.GetTotalMemory(forceFullCollection: true) - before;

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable($"ATTACHMENTS_HOSTILE_{name}") is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;

    private static void InterlockedMax(ref long target, long value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private async Task Try(int number, HostileRequest request)
    {
        var bytes = request.Bytes(service.Address.Authority, service.AdminToken);
        var fault = await Send(request, bytes);
        if (fault is not null)
        {
            faults.Add($"{number}, {request.Kind}: {fault}\n{Readable(bytes)}");
        }
    }

    /// <summary>What is wrong with the answer; null: nothing.</summary>
    private async Task<string?> Send(HostileRequest request, byte[] bytes)
    {
        await using var connection = await service.Connect();
        try
        {
            await SendAll(connection, request, bytes);
            var answer = await FinalAnswer(connection, request);
            statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
            return Judge.FindFault(request, answer) ?? (request.KeepsAlive ? await FaultAfter(connection, answer) : null);
        }
        catch (OperationCanceledException)
        {
            return "no answer in time";
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // What has no end need not be answered, and the answer to what is refused before its end may be lost with the connection.
            return request.IsWhole && request.Body.Length < 60_000 ? $"no whole answer: {exception.Message}" : null;
        }
        catch (Exception exception) when (exception is ShouldAssertException or FormatException or IndexOutOfRangeException)
        {
            return $"an answer that is no HTTP: {exception.Message}";
        }
    }

    private static async Task SendAll(RawConnection connection, HostileRequest request, byte[] bytes)
    {
        try
        {
            await connection.Send(bytes);
            if (!request.IsWhole)
            {
                connection.EndSending();
            }
        }
        catch (IOException)
        {
            // It has been answered before its end.
        }
    }

    private static async Task<Answer> FinalAnswer(RawConnection connection, HostileRequest request)
    {
        while (true)
        {
            var answer = await connection.ReadAnswer(toHead: request.Method == "HEAD");
            if (answer.Status >= 200)
            {
                return answer;
            }
        }
    }

    /// <summary>The next request on a connection has to be understood: nothing of the one before may be left in it.</summary>
    private async Task<string?> FaultAfter(RawConnection connection, Answer answer)
    {
        if (answer.Field("Connection") == "close")
        {
            return null;
        }

        try
        {
            await connection.Send($"GET /health/live HTTP/1.1\r\nHost: {service.Address.Authority}\r\nConnection: close\r\n\r\n");
            var next = await connection.ReadAnswer();
            var isUnderstood = next.Status == 200 && next.Text.Contains("healthy", StringComparison.Ordinal);
            return isUnderstood ? null : $"afterwards {next.Status}: {next.Text}";
        }
        catch (IOException) when (answer.Status >= 400)
        {
            return null;
        }
    }

    /// <summary>A file in every family, which is only read.</summary>
    private async Task<IReadOnlyList<string>> KeepFiles()
    {
        var project = new Project(service.Admin, 9);
        await project.HaveFile("kept", "p", Kept);
        var forms = new FormType(service.Admin, "Kept");
        await forms.Have("1");
        await forms.HaveFile("1", "folder/f", Kept);
        using var owner = service.ClientWith(service.Sign(new TokenRequest("owner")));
        var item = (await TemporarySet.New(owner).Have(("kept", Kept)))[0].Id();
        var owned = new OwnedFiles(service.Admin, Guid.Empty);

        // Its id is beyond those that are changed.
        var id = 0L;
        while (id <= 30)
        {
            id = await owned.Have(id < 30 ? [1] : Kept);
        }

        return [project.Attachment("kept", "p"), forms.Content("1", "folder/f"), TemporarySet.Contents(item), await owned.DownloadUrl(id)];
    }

    private static string Readable(byte[] bytes)
    {
        var text = new StringBuilder();
        foreach (var unit in bytes.Take(3000))
        {
            text.Append(unit is >= 32 and < 127 or (byte)'\n' ? $"{(char)unit}" : unit == '\r' ? "" : $"\\x{unit:x2}");
        }

        return text.ToString();
    }
}
