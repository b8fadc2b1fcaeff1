using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Attachments.UnitTests.Hosting;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogRecorder : ILogEventSink
{
    private readonly ConcurrentQueue<LogLine> lines = new();

    public IReadOnlyList<LogLine> Lines => [.. lines];

    /// <summary>The lines of the request log.</summary>
    public IEnumerable<LogLine> Requests => From("Serilog.AspNetCore.RequestLoggingMiddleware");

    public IEnumerable<LogLine> From<T>() => From(typeof(T).FullName);

    public void Emit(LogEvent logEvent)
    {
        var values = logEvent.Properties.ToDictionary(property => property.Key, property => (property.Value as ScalarValue)?.Value);
        lines.Enqueue(new LogLine(
            values.GetValueOrDefault(Constants.SourceContextPropertyName) as string,
            LevelConvert.ToExtensionsLevel(logEvent.Level),
            logEvent.RenderMessage(),
            logEvent.Exception,
            values));
    }

    private IEnumerable<LogLine> From(string? category) => Lines.Where(line => line.Category == category);

    internal sealed record LogLine(
        string? Category, LogLevel Level, string Text, Exception? Exception, IReadOnlyDictionary<string, object?> Values);
}
