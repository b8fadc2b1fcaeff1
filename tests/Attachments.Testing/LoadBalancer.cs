using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Attachments.Testing;

/// <summary>nginx as <c>deploy/nginx.conf</c> has it, on a port of its own, before replicas that run on this machine.</summary>
public sealed class LoadBalancer : IAsyncDisposable
{
    /// <summary>For the report of those that cannot run.</summary>
    public const string WhySkipped = "nginx is not installed (apt-get install nginx-light).";

    /// <summary>The title of a process that takes new connections; one that is to end has another.</summary>
    private const string Worker = "nginx: worker process";

    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Append("/usr/sbin")
        .Select(directory => Path.Combine(directory, "nginx"))
        .FirstOrDefault(File.Exists);

    private readonly string directory;
    private readonly Process process;

    private LoadBalancer(string directory, Process process, int port)
    {
        this.directory = directory;
        this.process = process;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public static bool IsAvailable => Program is not null && OperatingSystem.IsLinux();

    public Uri Address { get; }

    public static async Task<LoadBalancer> Start(IReadOnlyCollection<Uri> replicas)
    {
        var directory = Directory.CreateTempSubdirectory("attachments-nginx-").FullName;
        var port = FreePort();
        await File.WriteAllTextAsync(ConfigurationIn(directory), await Configuration(directory, port));
        await List(directory, replicas);
        var nginx = Process.Start("sh", ["-c", $"exec \"$0\" \"$@\" 2>>'{LogIn(directory)}'", Program!, .. ArgumentsFor(directory)]);
        var balancer = new LoadBalancer(directory, nginx, port);
        try
        {
            await Eventually.Holds(balancer.Listens, "nginx listens");
            return balancer;
        }
        catch
        {
            await balancer.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Passes requests to these replicas from now on. Once this ends, no new request goes to any other; what has begun goes on where it is.
    /// </summary>
    public async Task Use(IReadOnlyCollection<Uri> replicas)
    {
        var old = Workers();
        await List(directory, replicas);
        using var reload = Process.Start(Program!, [.. ArgumentsFor(directory), "-s", "reload"]);
        await reload.WaitForExitAsync();
        if (reload.ExitCode != 0)
        {
            throw new InvalidOperationException($"nginx does not take {string.Join(", ", replicas)}.");
        }

        await Eventually.Holds(
            () => Task.FromResult(Workers() is { Count: > 0 } now && !now.Intersect(old).Any()), "nginx has read its configuration anew");
    }

    /// <summary>Waits until no request goes to a replica any longer.</summary>
    public static Task WaitUntilQuiet(Uri replica) => Eventually.Holds(
        () => Task.FromResult(!IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Any(connection =>
            connection.State == TcpState.Established && connection.RemoteEndPoint.Port == replica.Port)),
        $"nothing is connected to {replica}");

    /// <summary>What it has printed: all its logs.</summary>
    public Task<string> ReadLog() => File.ReadAllTextAsync(LogIn(directory));

    public async ValueTask DisposeAsync()
    {
        using (process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task<string> Configuration(string directory, int port)
    {
        var deployed = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "nginx.conf"));
        return Replaced(
            deployed,
            ("/tmp/", $"{directory}/"),
            ("/etc/nginx/replicas/", $"{directory}/"),
            ("listen 8080;", string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{port};")),
            // nginx knows this since 1.27.4, and distributions have older ones. Clients that keep no connection do not miss it.
            ("keepalive_min_timeout 5s;", ""));
    }

    private static string Replaced(string text, params (string Old, string New)[] replacements)
    {
        foreach (var (old, replacement) in replacements)
        {
            text = text.Contains(old, StringComparison.Ordinal)
                ? text.Replace(old, replacement, StringComparison.Ordinal)
                : throw new InvalidOperationException($"deploy/nginx.conf has no '{old}' any longer.");
        }

        return text;
    }

    private static Task List(string directory, IEnumerable<Uri> replicas) => File.WriteAllLinesAsync(
        Path.Combine(directory, "replicas.conf"), replicas.Select(replica => $"server {replica.Authority};"));

    private static string ConfigurationIn(string directory) => Path.Combine(directory, "nginx.configuration");

    private static string LogIn(string directory) => Path.Combine(directory, "log");

    private static string[] ArgumentsFor(string directory) => ["-p", directory, "-c", ConfigurationIn(directory), "-e", "stderr"];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> Listens()
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException($"nginx has ended: {File.ReadAllText(LogIn(directory))}");
        }

        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private List<int> Workers() =>
    [
        .. File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(int.Parse)
            .Where(child => GetTitle(child) == Worker),
    ];

    /// <summary>Null where the process has ended meanwhile.</summary>
    private static string? GetTitle(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cmdline").TrimEnd('\0', ' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
