using System.Diagnostics;
using System.Globalization;

namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>Finds the processes of a PostgreSQL that serves a cluster, whoever started it.</summary>
internal sealed class ServerProcesses(DataDirectory data, ServerAccount account)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(10);

    private string PidFile => Path.Combine(data.Cluster, "postmaster.pid");

    /// <summary>
    /// Their ids. On Linux every one, since a process of PostgreSQL works in the directory of its cluster, whatever its pid file says;
    /// elsewhere the first one, as the pid file names it.
    /// </summary>
    public async Task<IReadOnlyList<int>> Find() => OperatingSystem.IsLinux() ? await FindByDirectory() : FindByPidFile();

    /// <summary>
    /// Removes a pid file that no process stands behind. PostgreSQL would take it for a running server where the id now belongs to another
    /// program.
    /// </summary>
    public void ForgetTheDead() => File.Delete(PidFile);

    private async Task<IReadOnlyList<int>> FindByDirectory()
    {
        // Only the user whom a process belongs to may see where it works; in a container not even root may.
        var own = await Look("readlink", "-f", "--", data.Cluster);
        var all = await Look("find", "/proc", "-mindepth", "2", "-maxdepth", "2", "-name", "cwd", "-printf", "%h %l\n");
        var directory = own.Output.TrimEnd('\n');
        return
        [
            .. all.Output.Split('\n')
                .Select(line => line.Split(' ', 2))
                .Where(parts => parts.Length == 2 && parts[1] == directory)
                .Select(parts => parts[0]["/proc/".Length..])
                .Where(IsPostgres)
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];
    }

    private Task<ProgramResult> Look(string program, params string[] arguments) =>
        account.Run(program, arguments, null, Limit, CancellationToken.None);

    private static bool IsPostgres(string id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/comm").TrimEnd() == "postgres";
        }
        catch (IOException)
        {
            // It ended between the two looks.
            return false;
        }
    }

    private IReadOnlyList<int> FindByPidFile()
    {
        // Line by line: process id, data directory, start time in unix seconds.
        var lines = File.Exists(PidFile) ? File.ReadAllLines(PidFile) : [];
        if (lines.Length < 3 || !int.TryParse(lines[0], out var id) || !long.TryParse(lines[2], out var started) || !Runs(id, started))
        {
            return [];
        }

        return IsCluster(lines[1])
            ? [id]
            : throw new EmbeddedPostgresException(
                $"Process {id} may be a PostgreSQL that still uses {data.Cluster}, which was moved or copied: stop it, "
                + $"then delete {PidFile}.");
    }

    /// <summary>Whether another path leads to the same directory: what is put into one is seen in the other.</summary>
    private bool IsCluster(string directory)
    {
        var marker = $"marker-{Guid.NewGuid():N}";
        File.Create(Path.Combine(data.Cluster, marker)).Dispose();
        try
        {
            return File.Exists(Path.Combine(directory, marker));
        }
        finally
        {
            File.Delete(Path.Combine(data.Cluster, marker));
        }
    }

    private static bool Runs(int id, long started)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            var drift = process.StartTime.ToUniversalTime() - DateTimeOffset.FromUnixTimeSeconds(started).UtcDateTime;
            return process.ProcessName.StartsWith("postgres", StringComparison.Ordinal) && drift.Duration() < ClockTolerance;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It is gone.
            return false;
        }
    }
}
