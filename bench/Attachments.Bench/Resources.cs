using System.Globalization;

namespace Attachments.Bench;

/// <summary>What processes have used so far, as Linux accounts for it (proc(5)).</summary>
internal static class Resources
{
    private const double TicksPerSecond = 100;

    /// <summary>CPU seconds of a process alone.</summary>
    public static double CpuSeconds(int process)
    {
        var fields = Stat(process);
        return (Ticks(fields, 11) + Ticks(fields, 12)) / TicksPerSecond;
    }

    /// <summary>CPU seconds of a process and of all that it has started, ended or not.</summary>
    public static double CpuSecondsOfFamily(int parent)
    {
        var fields = Stat(parent);
        var own = Enumerable.Range(11, 4).Sum(i => Ticks(fields, i)) / TicksPerSecond;
        return own + Children(parent).Sum(CpuSecondsOfFamily);
    }

    /// <summary>Resident memory, in MiB: now (<c>VmRSS</c>) or at most so far (<c>VmHWM</c>).</summary>
    public static double MemoryMiB(int process, string line = "VmRSS") =>
        File.ReadLines($"/proc/{process}/status")
            .Where(text => text.StartsWith($"{line}:", StringComparison.Ordinal))
            .Select(text => double.Parse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024)
            .Single();

    /// <summary>From now on <c>VmHWM</c> counts anew.</summary>
    public static void ForgetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    private static IEnumerable<int> Children(int parent) =>
        File.ReadAllText($"/proc/{parent}/task/{parent}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(int.Parse)
            .Where(child => Directory.Exists($"/proc/{child}"));

    // What follows the program's name, which may hold anything: the first is field 3, the state.
    private static string[] Stat(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static double Ticks(string[] fields, int index) => double.Parse(fields[index], CultureInfo.InvariantCulture);
}
