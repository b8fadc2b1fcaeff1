using System.Globalization;
using System.Text;

namespace Attachments.Bench;

/// <summary>One line of the result: what was done, beside what, and the measurements of each run.</summary>
/// <param name="work">What the service did.</param>
/// <param name="against">What its limit did.</param>
/// <param name="atLeast">The ratio that is wanted of the two.</param>
/// <param name="unit">Of both: requests or bytes a second, the more the better.</param>
internal sealed class Row(string work, string against, double atLeast, string unit)
{
    public string Work => work;

    /// <summary>Of the service and of its limit, in each run.</summary>
    public List<(double Ours, double Theirs)> Runs { get; } = [];

    /// <summary>The same with many attachments stored.</summary>
    public List<(double Ours, double Theirs)> Many { get; } = [];

    /// <summary>CPU seconds that 1,000 requests took of the service and of PostgreSQL, in each run.</summary>
    public List<(double Service, double Database)> Cpu { get; } = [];

    /// <summary>The most resident memory that the service had by the end of the row, in MiB.</summary>
    public double MemoryMiB { get; set; }

    /// <summary>Of PostgreSQL, for a request; null: not counted.</summary>
    public double? RoundTrips { get; set; }


    public override string ToString()
    {
        var (ours, theirs) = (Median(Runs.Select(run => run.Ours)), Median(Runs.Select(run => run.Theirs)));
        var cpu = Cpu.Count == 0 ? "" : Text($"{Median(Cpu.Select(used => used.Service)):0.00} + {Median(Cpu.Select(used => used.Database)):0.00}");
        var many = Many.Count == 0 ? "" : Text($"{Ratio(Many) / Ratio(Runs):0.00}");
        var spread = Text($"{Runs.Min(run => run.Ours / run.Theirs):0.00}–{Runs.Max(run => run.Ours / run.Theirs):0.00}");
        var measured = Text($"{atLeast:0.##} | **{Ratio(Runs):0.00}** ({spread}) | {ours:N0} {unit} | {theirs:N0} {unit}");
        return Text($"| {work} | {against} | {measured} | {cpu} | {RoundTrips:0.0} | {MemoryMiB:0} | {many} |");
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static double Ratio(IEnumerable<(double Ours, double Theirs)> runs) => Median(runs.Select(run => run.Ours / run.Theirs));

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>All of them, as Markdown.</summary>
internal static class Table
{
    public static string Of(IEnumerable<Row> rows, IEnumerable<string> notes)
    {
        var text = new StringBuilder();
        text.AppendLine(
            "| work | against | at least | ratio, median (of all runs) | the service | its limit | CPU s for 1,000 requests, service + PostgreSQL "
            + "| round trips | memory at most, MiB | ratio with many stored, beside this one |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var row in rows)
        {
            text.AppendLine(row.ToString());
        }

        text.AppendLine();
        foreach (var note in notes)
        {
            text.AppendLine($"- {note}");
        }

        return text.ToString();
    }
}
