using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>The PostgreSQL of one data directory: creates its cluster, starts it, stops it.</summary>
internal sealed class PostgresServer(DataDirectory data, ServerBinaries binaries, ServerAccount account, bool durable, ILogger logger)
{
    public const string SuperUser = "attachments";

    private const int PortAttempts = 5;
    private static readonly TimeSpan InitLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FastStopLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ImmediateStopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly ServerProcesses processes = new(data, account);

    /// <summary>Creates the cluster if there is none. It is never left half created.</summary>
    public async Task Initialise(CancellationToken cancellationToken)
    {
        foreach (var unfinished in data.UnfinishedClusters())
        {
            Discard(unfinished);
        }

        if (data.MajorVersion is not null)
        {
            return;
        }

        logger.LogInformation("Creating a PostgreSQL {MajorVersion} cluster in {Directory}", binaries.MajorVersion, data.Cluster);
        var directory = data.BeginCluster();
        try
        {
            await RunInitDb(directory, cancellationToken);
            data.FinishCluster(directory);
        }
        catch
        {
            Discard(directory);
            throw;
        }
    }

    /// <summary>
    /// Stops a server whose service was killed, so that the cluster can be started again. The server of a live service is never stopped,
    /// since that service holds the lock of the data directory.
    /// </summary>
    public async Task StopLeftOver()
    {
        if ((await processes.Find()).Count > 0)
        {
            logger.LogWarning("Stopping the PostgreSQL in {Directory}, which was left running when its service was killed", data.Cluster);
            await Stop();
        }

        processes.DeletePidFile();
    }

    /// <summary>Starts the server on the loopback port of the last run, or on another free one.</summary>
    /// <returns>The port, which already accepts connections.</returns>
    /// <exception cref="EmbeddedPostgresException">It does not start.</exception>
    public async Task<int> Start(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = (attempt == 1 ? LastPort() : null) ?? FreePort();
            data.BeginLog();
            await account.ChangeOwner(data.Log, CancellationToken.None);
            var result = await StartOn(port, cancellationToken);
            if (result.Succeeded)
            {
                return port;
            }

            await Stop();
            var log = data.ReadLog();
            if (attempt == PortAttempts || !PostgresMessages.IsPortInUse(log))
            {
                throw new EmbeddedPostgresException(
                    $"PostgreSQL would not start: {PostgresMessages.FindErrorLine(log) ?? result.ErrorMessage} (its log: {data.Log})");
            }
        }
    }

    /// <summary>
    /// Stops the server and aborts running queries. If it does not shut down cleanly within 20 seconds, it is stopped at once, and its next
    /// start recovers.
    /// </summary>
    /// <exception cref="EmbeddedPostgresException">The server is still running.</exception>
    public async Task Stop()
    {
        if ((await processes.Find()).Count == 0 || await StopBy("fast", FastStopLimit) || await StopBy("immediate", ImmediateStopLimit))
        {
            return;
        }

        await Kill();
        if (!await WaitForExit())
        {
            throw new EmbeddedPostgresException($"The PostgreSQL in {data.Cluster} could not be stopped (its log: {data.Log})");
        }
    }

    private async Task RunInitDb(string directory, CancellationToken cancellationToken)
    {
        data.WriteNewPassword();
        await account.ChangeOwner(data.PasswordFile, cancellationToken);
        await account.ChangeOwner(directory, cancellationToken);
        string[] arguments =
        [
            "-D", ".", "--username", SuperUser, "--pwfile", RelativeToCluster(data.PasswordFile), "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", OperatingSystem.IsLinux() ? "C.UTF-8" : "C", "--data-checksums",
            .. durable ? Array.Empty<string>() : ["--no-sync"],
        ];
        var result = await account.Run(binaries.InitDb, arguments, directory, InitLimit, cancellationToken);
        if (!result.Succeeded)
        {
            throw new EmbeddedPostgresException(
                $"PostgreSQL's initdb could not create a cluster in {data.Location}: {result.ErrorMessage}");
        }
    }

    private async Task<ProgramResult> StartOn(int port, CancellationToken cancellationToken)
    {
        var starting = PgCtl(
            StartLimit, "start", "-w", "-t", Seconds(StartLimit), "-l", RelativeToCluster(data.Log), "-o",
            string.Join(' ', Settings(port)));
        try
        {
            return await starting.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // pg_ctl is not killed, since nobody would stop the server that it is about to start.
            while (!starting.IsCompleted)
            {
                await PgCtl(ImmediateStopLimit, "stop", "-m", "immediate", "-W");
                await Task.WhenAny(starting, Task.Delay(PollInterval, CancellationToken.None));
            }

            await Stop();
            throw;
        }
    }

    /// <summary>None of these needs quoting in the shell that pg_ctl passes them through.</summary>
    private IEnumerable<string> Settings(int port) =>
    [
        $"-c port={port}",
        "-c listen_addresses=127.0.0.1",
        "-c unix_socket_directories=",
        "-c cluster_name=attachments",
        "-c max_connections=200",
        "-c max_locks_per_transaction=256",
        .. durable ? Array.Empty<string>() : ["-c fsync=off"],
    ];

    private async Task<bool> StopBy(string mode, TimeSpan limit)
    {
        var result = await PgCtl(limit, "stop", "-m", mode, "-w", "-t", Seconds(limit));
        if (result.Succeeded ? await WaitForExit() : (await processes.Find()).Count == 0)
        {
            return true;
        }

        logger.LogWarning("PostgreSQL in {Directory} did not stop ({Mode}): {Complaint}", data.Cluster, mode, result.ErrorMessage);
        return false;
    }

    private async Task Kill()
    {
        foreach (var id in await processes.Find())
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                logger.LogDebug("Process {Id} had ended already", id);
            }
        }
    }

    private async Task<bool> WaitForExit()
    {
        var watch = Stopwatch.StartNew();
        while ((await processes.Find()).Count > 0)
        {
            if (watch.Elapsed > ExitLimit)
            {
                return false;
            }

            await Task.Delay(PollInterval);
        }

        return true;
    }

    /// <summary>
    /// Runs in the cluster's directory without a path argument: pg_ctl passes its arguments through a shell, and a path may contain
    /// anything. On Linux and macOS pg_ctl puts the server into its own session, so that Ctrl-C in our terminal does not reach it.
    /// </summary>
    private Task<ProgramResult> PgCtl(TimeSpan limit, string command, params string[] options) =>
        account.Run(binaries.PgCtl, [command, "-D", ".", .. options], data.Cluster, limit + ExitLimit, CancellationToken.None);

    private static string RelativeToCluster(string file) => Path.Combine("..", Path.GetFileName(file));

    private static string Seconds(TimeSpan time) => ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private int? LastPort()
    {
        var options = Path.Combine(data.Cluster, "postmaster.opts");
        return File.Exists(options) && PostgresMessages.ParsePort(File.ReadAllText(options)) is { } port && IsFree(port) ? port : null;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Discard(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("The unfinished cluster {Directory} cannot be deleted yet: {Reason}", directory, e.Message);
        }
    }
}
