using System.Globalization;
using System.Text.RegularExpressions;

namespace Attachments.Bench;

/// <summary>What wrk measured.</summary>
/// <param name="PerSecond">Requests a second.</param>
/// <param name="Requests">All of them.</param>
/// <param name="P99">The 99th percentile of their latency, as wrk writes it: <c>12.34ms</c>.</param>
internal sealed partial record Wrk(double PerSecond, long Requests, string P99)
{
    private const int Connections = 8;
    private const int Threads = 2;

    /// <exception cref="InvalidOperationException">Something was answered that is no success.</exception>
    public static async Task<Wrk> Run(Uri address, int seconds, string script, params string[] arguments)
    {
        var output = await Programs.Run("wrk",
        [
            $"-t{Threads}", $"-c{Connections}", $"-d{seconds}s", "--latency", "--timeout", "30s", "-s",
            Path.Combine(AppContext.BaseDirectory, script),
            address.ToString(), "--", .. arguments,
        ]);
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"wrk {script}:\n{output}");
        }

        return new Wrk(
            Number(PerSecondLine(), output), (long)Number(RequestsLine(), output), PercentileLine().Match(output).Groups[1].Value);
    }

    private static double Number(Regex line, string output) =>
        double.Parse(line.Match(output).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecondLine();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex RequestsLine();

    [GeneratedRegex(@"99%\s+(\S+)")]
    private static partial Regex PercentileLine();
}
