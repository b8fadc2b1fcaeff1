using System.Text.RegularExpressions;

namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>Reads what PostgreSQL's programs write.</summary>
internal static partial class PostgresMessages
{
    /// <summary>
    /// The line of an output or log that says what failed: the last fatal one, else the last error, else the last line.
    /// Null if there is no line.
    /// </summary>
    public static string? FindErrorLine(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return LastMatch(lines, Fatal()) ?? LastMatch(lines, Error()) ?? lines.LastOrDefault();
    }

    /// <summary>Whether the server did not start because another program uses its port.</summary>
    public static bool IsPortInUse(string log) => log.Contains("could not bind", StringComparison.Ordinal);

    /// <summary>The port that a server was started with last time, from its <c>postmaster.opts</c>.</summary>
    public static int? ParsePort(string startOptions) =>
        Port().Match(startOptions) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, out var port) ? port : null;

    /// <summary>The major version in <c>postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)</c>.</summary>
    public static int? ParseMajorVersion(string versionLine) =>
        Version().Match(versionLine) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, out var major) ? major : null;

    private static string? LastMatch(string[] lines, Regex marker) =>
        lines.Select(line => marker.Match(line)).LastOrDefault(match => match.Success)?.Value;

    [GeneratedRegex("(FATAL|PANIC):.*")]
    private static partial Regex Fatal();

    [GeneratedRegex("(ERROR|error):.*")]
    private static partial Regex Error();

    [GeneratedRegex("\"port=([0-9]+)\"")]
    private static partial Regex Port();

    [GeneratedRegex(@"\(PostgreSQL\) ([0-9]+)")]
    private static partial Regex Version();
}
