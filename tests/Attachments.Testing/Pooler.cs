using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Attachments.Testing;

/// <summary>PgBouncer on a port of its own, before the PostgreSQL of the tests.</summary>
public sealed class Pooler : IAsyncDisposable
{
    /// <summary>For the report of those that cannot run.</summary>
    public const string WhySkipped = "pgbouncer is not installed (apt-get install pgbouncer).";

    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Append("/usr/sbin")
        .Select(directory => Path.Combine(directory, "pgbouncer"))
        .FirstOrDefault(File.Exists);

    private readonly string directory;
    private readonly Process process;

    private Pooler(string directory, Process process, string connectionString)
    {
        this.directory = directory;
        this.process = process;
        ConnectionString = connectionString;
    }

    public static bool IsAvailable => Program is not null && OperatingSystem.IsLinux();

    /// <summary>The same database, by way of the pooler.</summary>
    public string ConnectionString { get; }

    /// <param name="connectionString">A database's.</param>
    /// <param name="settings">As in the section <c>pgbouncer</c> of its configuration: <c>pool_mode=transaction</c>.</param>
    public static async Task<Pooler> Start(string connectionString, params string[] settings)
    {
        var directory = Directory.CreateTempSubdirectory("attachments-pgbouncer-").FullName;
        var configuration = Path.Combine(directory, "pgbouncer.ini");
        var port = FreePort();
        await File.WriteAllTextAsync(configuration, Configuration(new NpgsqlConnectionStringBuilder(connectionString), port, settings));
        if (Environment.IsPrivilegedProcess && OperatingSystem.IsLinux())
        {
            // It refuses to run as root, and reads this as the other user.
            File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        }

        var process = Process.Start(
            Program!, Environment.IsPrivilegedProcess ? ["--quiet", "--user=nobody", configuration] : ["--quiet", configuration]);
        var pooled = new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = port };
        var pooler = new Pooler(directory, process, pooled.ConnectionString);
        try
        {
            await Eventually.Holds(() => Listens(process, port), "pgbouncer listens");
            return pooler;
        }
        catch
        {
            await pooler.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private static string Configuration(NpgsqlConnectionStringBuilder server, int port, string[] settings) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
         [databases]
         {server.Database} = host={server.Host} port={server.Port} user={server.Username} password={server.Password}
         [pgbouncer]
         listen_addr = 127.0.0.1
         listen_port = {port}
         unix_socket_dir =
         auth_type = any
         {string.Join('\n', settings)}

         """);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> Listens(Process process, int port)
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException("pgbouncer has ended.");
        }

        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
