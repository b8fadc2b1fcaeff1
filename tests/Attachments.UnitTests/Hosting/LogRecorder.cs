using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Attachments.UnitTests.Hosting;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> lines = new();

    public IReadOnlyList<LogLine> Lines => [.. lines];

    public IEnumerable<LogLine> From<T>() => Lines.Where(line => line.Category == typeof(T).FullName);

    public ILogger CreateLogger(string categoryName) => new Recorder(categoryName, lines);

    public void Dispose()
    {
    }

    internal sealed record LogLine(
        string Category, LogLevel Level, string Text, Exception? Exception, IReadOnlyDictionary<string, object?> Values);

    private sealed class Recorder(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            lines.Enqueue(new LogLine(category, logLevel, formatter(state, exception), exception, values.ToDictionary()));
        }
    }
}
