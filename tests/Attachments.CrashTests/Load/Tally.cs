using System.Collections.Concurrent;
using System.Globalization;

namespace Attachments.CrashTests.Load;

/// <summary>What all clients of a run count together.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<string, long> answers = new();
    private readonly ConcurrentDictionary<string, long> events = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<double>> latencies = new();
    private readonly ConcurrentQueue<string> faults = new();
    private long uploaded;
    private long downloaded;

    /// <summary>What went against the contract.</summary>
    public IReadOnlyCollection<string> Faults => faults;

    /// <summary>In bytes, of files that were acknowledged.</summary>
    public long Uploaded => uploaded;

    /// <summary>In bytes, of files that were compared.</summary>
    public long Downloaded => downloaded;

    public long Answers => answers.Values.Sum();

    public IEnumerable<(string What, long Count)> AnswersByStatus => Ordered(answers);

    public IEnumerable<(string What, long Count)> Events => Ordered(events);

    public void Answered(string method, int status) => Count(answers, string.Create(CultureInfo.InvariantCulture, $"{method} {status}"));

    /// <summary>Something other than an answer that is worth telling.</summary>
    public void Happened(string what) => Count(events, what);

    public void Fault(string what) => faults.Enqueue(what);

    public void Took(string what, TimeSpan time) => latencies.GetOrAdd(what, _ => []).Add(time.TotalMilliseconds);

    public void Upload(long bytes) => Interlocked.Add(ref uploaded, bytes);

    public void Download(long bytes) => Interlocked.Add(ref downloaded, bytes);

    /// <summary>What the small requests of a kind took, in milliseconds, shortest first.</summary>
    public IReadOnlyList<double> Latencies(string what) => latencies.TryGetValue(what, out var times) ? [.. times.Order()] : [];

    private static void Count(ConcurrentDictionary<string, long> counts, string what) =>
        counts.AddOrUpdate(what, 1, (_, count) => count + 1);

    private static IEnumerable<(string What, long Count)> Ordered(ConcurrentDictionary<string, long> counts) =>
        counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value));
}
