using System.Collections.Concurrent;
using System.Diagnostics;

namespace Attachments.FunctionalTests.Access;

/// <summary>The queries that services in this process put to their databases, by the trace of the request.</summary>
internal sealed class QueryLog : IDisposable
{
    private readonly ConcurrentDictionary<ActivityTraceId, ConcurrentQueue<string>> queries = new();
    private readonly ActivityListener listener;

    public QueryLog()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>A trace, and the field of a request that makes it one of it (W3C Trace Context).</summary>
    public static (ActivityTraceId Trace, (string Name, string Value) Field) NewTrace()
    {
        var trace = ActivityTraceId.CreateRandom();
        return (trace, ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
    }

    /// <summary>In the order in which they ended.</summary>
    public IReadOnlyList<string> Find(ActivityTraceId trace) => queries.TryGetValue(trace, out var found) ? [.. found] : [];

    public void Dispose() => listener.Dispose();

    private void Add(Activity activity)
    {
        if ((activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) is string text)
        {
            queries.GetOrAdd(activity.TraceId, _ => new ConcurrentQueue<string>()).Enqueue(text);
        }
    }
}
