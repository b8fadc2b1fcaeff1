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

    public List<Run> Runs { get; } = [];

    /// <summary>CPU seconds that 1,000 requests took of the service and of PostgreSQL, in each run.</summary>
    public List<(double Service, double Database)> Cpu { get; } = [];

    /// <summary>The most resident memory that the service had by the end of the row, in MiB.</summary>
    public double MemoryMiB { get; set; }

    /// <summary>Of PostgreSQL, for a request; null: not counted.</summary>
    public double? RoundTrips { get; set; }

    public override string ToString()
    {
        var (ours, theirs) = (Median(Runs.Select(run => run.Ours)), Median(Runs.Select(run => run.Theirs)));
        var cpu = Cpu.Count == 0
            ? ""
            : Text($"{Median(Cpu.Select(used => used.Service)):0.00} + {Median(Cpu.Select(used => used.Database)):0.00}");
        var ofMany = Runs.Where(run => run.OfMany is not null).Select(run => run.OfMany!.Value / run.Ours).ToList();
        var many = ofMany.Count == 0 ? "" : Text($"{Median(ofMany):0.00} ({Spread(ofMany)})");
        var ratios = Runs.ConvertAll(run => run.Ours / run.Theirs);
        var measured = Text($"{atLeast:0.##} | **{Median(ratios):0.00}** ({Spread(ratios)}) | {ours:N0} {unit} | {theirs:N0} {unit}");
        return Text($"| {work} | {against} | {measured} | {cpu} | {RoundTrips:0.0} | {MemoryMiB:0} | {many} |");
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Spread(List<double> values) => Text($"{values.Min():0.00}–{values.Max():0.00}");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What was reached one after another.</summary>
/// <param name="Ours">By the service.</param>
/// <param name="Theirs">By its limit.</param>
/// <param name="OfMany">By the service with many attachments stored; null: not measured.</param>
internal readonly record struct Run(double Ours, double Theirs, double? OfMany);

/// <summary>All of them, as Markdown.</summary>
internal static class Table
{
    public static string Format(IEnumerable<Row> rows, IEnumerable<string> notes)
    {
        var text = new StringBuilder();
        text.AppendLine(
            "| work | against | at least | ratio, median (of all runs) | the service | its limit "
            + "| CPU s for 1,000 requests, service + PostgreSQL | round trips | memory at most, MiB | with many stored, beside this |");
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
