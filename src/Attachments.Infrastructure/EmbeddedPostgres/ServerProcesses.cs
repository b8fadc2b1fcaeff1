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
    /// The process ids. On Linux all of them, since a PostgreSQL process works in the directory of its cluster, whatever the pid file says.
    /// Elsewhere only the first one, from the pid file.
    /// </summary>
    public async Task<IReadOnlyList<int>> Find() => OperatingSystem.IsLinux() ? await FindByDirectory() : FindByPidFile();

    /// <summary>
    /// Removes a pid file without a process. If another program now has this id, PostgreSQL would take it for a running
    /// server.
    /// </summary>
    public void DeletePidFile() => File.Delete(PidFile);

    private async Task<IReadOnlyList<int>> FindByDirectory()
    {
        if (!Directory.Exists(data.Cluster))
        {
            return [];
        }

        // Only the owner of a process may see its working directory; in a container not even root may.
        var self = (await WorkingDirectories("/proc/self/cwd", "-maxdepth", "0"))[0];
        var all = await WorkingDirectories("/proc", "-mindepth", "2", "-maxdepth", "2", "-name", "cwd");
        ThrowIfHidden(all.Where(process => process.User == self.User && process.Directory == ""));
        return
        [
            .. all
                .Where(process => process.Directory == self.Directory && IsPostgres(process.Id))
                .Select(process => int.Parse(process.Id, CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>
    /// A process with more privileges than ours hides its working directory, even from its own user. If the pid file names it, it may be
    /// our server, started by a service with more privileges.
    /// </summary>
    private void ThrowIfHidden(IEnumerable<WorkingDirectory> hidden)
    {
        var named = File.Exists(PidFile) ? File.ReadLines(PidFile).FirstOrDefault() : null;
        if (hidden.Any(process => process.Id == named && IsPostgres(process.Id)))
        {
            throw new EmbeddedPostgresException(
                $"Process {named} still serves {data.Cluster}: stop it (kill -INT {named}), then start again.");
        }
    }

    /// <summary>Runs in the cluster's directory, so that the program's own entry shows the cluster's path without symbolic links.</summary>
    private async Task<IReadOnlyList<WorkingDirectory>> WorkingDirectories(params string[] where)
    {
        string[] arguments = [.. where, "-printf", "%h %U %l\n"];
        var result = await account.Run("find", arguments, data.Cluster, Limit, CancellationToken.None);
        var found = result.Output.Split('\n')
            .Select(line => line.Split(' ', 3))
            .Where(parts => parts.Length == 3)
            .Select(parts => new WorkingDirectory(parts[0]["/proc/".Length..], parts[1], parts[2]))
            .ToList();

        // It fails for processes of other users, as expected, but it sees at least itself.
        return found.Count > 0
            ? found
            : throw new EmbeddedPostgresException($"The running processes cannot be listed: {result.ErrorMessage}");
    }

    private static bool IsPostgres(string id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/comm").TrimEnd() == "postgres";
        }
        catch (IOException)
        {
            // The process ended in between.
            return false;
        }
    }

    private IReadOnlyList<int> FindByPidFile()
    {
        // Line by line: process id, data directory, start time in unix seconds.
        var lines = File.Exists(PidFile) ? File.ReadAllLines(PidFile) : [];
        if (lines.Length < 3 || !int.TryParse(lines[0], out var id) || !long.TryParse(lines[2], out var started) || !IsRunning(id, started))
        {
            return [];
        }

        return IsSameCluster(lines[1])
            ? [id]
            : throw new EmbeddedPostgresException(
                $"Process {id} may be a PostgreSQL that still uses {data.Cluster}, which was moved or copied: stop it, "
                + $"then delete {PidFile}.");
    }

    /// <summary>Whether another path leads to the same directory: a file created in one appears in the other.</summary>
    private bool IsSameCluster(string directory)
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

    private static bool IsRunning(int id, long started)
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

    /// <summary>The working directory of a process.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="User">The id of its owner.</param>
    /// <param name="Directory">The directory; empty if we may not see it.</param>
    private sealed record WorkingDirectory(string Id, string User, string Directory);
}
