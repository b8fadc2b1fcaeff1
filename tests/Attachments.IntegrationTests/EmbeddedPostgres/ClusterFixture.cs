using System.Diagnostics;
using System.Globalization;
using Attachments.Infrastructure.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Attachments.IntegrationTests.EmbeddedPostgres;

/// <summary>A data directory for tests, and whatever they left running in it ended afterwards.</summary>
public abstract class ClusterFixture
{
    /// <summary>Closed to all but its owner, as /root is.</summary>
    protected string Root { get; private set; } = "";

    protected string Location => Path.Combine(Root, "data");

    protected string Cluster => Path.Combine(Location, "postgres");

    protected string PidFile => Path.Combine(Cluster, "postmaster.pid");

    protected void MakeRoot() => Root = Directory.CreateTempSubdirectory("attachments-tests-").FullName;

    protected async Task RemoveRoot()
    {
        if (File.Exists(Path.Combine(Cluster, "global", "pg_control")))
        {
            using var data = DataDirectory.Acquire(Location);
            await (await CreateServer(data)).StopLeftOver();
        }

        Directory.Delete(Root, recursive: true);
    }

    protected Task<PrivateCluster> Start() => PrivateCluster.Start(Location, NullLogger.Instance, CancellationToken.None);

    /// <summary>Leaves a server running as a service does that is killed: nobody holds the directory, nobody stops the server.</summary>
    /// <returns>The server's process id.</returns>
    private protected static async Task<int> LeaveServerRunning(DataDirectory data)
    {
        using (data)
        {
            var server = await CreateServer(data);
            await server.Initialise(CancellationToken.None);
            await server.Start(CancellationToken.None);
            return ServerId(data.Cluster);
        }
    }

    /// <summary>The process id of the server that runs, as its pid file gives it.</summary>
    protected static int ServerId(string cluster) =>
        int.Parse(File.ReadLines(Path.Combine(cluster, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private protected static async Task<PostgresServer> CreateServer(DataDirectory data) => new(
        data,
        await ServerBinaries.Find(BinaryLocations.Default, data, CancellationToken.None),
        await ServerAccount.For(data, CancellationToken.None),
        durable: false,
        NullLogger.Instance);

    protected static async Task<string> Query(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? "";
    }

    /// <summary>A process that has ended but that nobody has asked for its exit code (a zombie) does not run.</summary>
    protected static bool IsRunning(int id) => OperatingSystem.IsLinux()
        ? File.Exists($"/proc/{id}/stat") && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ")
        : Process.GetProcesses().Any(process => process.Id == id);
}

/// <summary>A directory of its own for each test.</summary>
public abstract class ClusterPerTestFixture : ClusterFixture
{
    [SetUp]
    public void Begin() => MakeRoot();

    [TearDown]
    public Task End() => RemoveRoot();
}
