using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using Attachments.Infrastructure.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Attachments.CrashTests;

/// <summary>The service in a process of its own, and the PostgreSQL that it uses, which are made to fail.</summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan RequestLimit = TimeSpan.FromMinutes(1);

    private readonly string directory;
    private readonly string options;
    private IReadOnlyDictionary<string, string> settings;
    private PrivateCluster cluster;
    private string? database;
    private ServiceProcess? service;

    private World(string directory, string options, IReadOnlyDictionary<string, string> settings, PrivateCluster cluster, string token)
    {
        this.directory = directory;
        this.options = options;
        this.settings = settings;
        this.cluster = cluster;
        Token = token;
    }

    /// <summary>The connection string of the database that the service uses.</summary>
    public string Database => database is null
        ? cluster.ConnectionString
        : new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Database = database }.ConnectionString;

    /// <summary>Of one who may do everything.</summary>
    public string Token { get; }

    /// <summary>The service's process, once it has been started.</summary>
    public int ServiceId => Running.Id;

    private ServiceSettings Settings => ServiceSettings.Complete($"{Database};{options}").With(settings);

    private ServiceProcess Running => service ?? throw new InvalidOperationException("The service has not been started.");

    /// <param name="directory">An empty one for the database, to be deleted with all that is in it; null: a new one.</param>
    /// <param name="options">More for the service's connection string.</param>
    /// <param name="settings">More for the service.</param>
    public static async Task<World> Create(
        string? directory = null, string options = "", IReadOnlyDictionary<string, string>? settings = null)
    {
        directory ??= Directory.CreateTempSubdirectory("attachments-crash-").FullName;
        var signed = await ServiceProcess.Run(ServiceSettings.WithKey(), "token", "--sub", "crash", "--admin");
        signed.ExitCode.ShouldBe(0, signed.ToString());
        var world = new World(
            directory, options, settings ?? new Dictionary<string, string>(), await StartDatabase(directory), signed.Output.Single());
        await world.Verb("migrate");
        return world;
    }

    /// <summary>Starts the service.</summary>
    /// <returns>A way to it.</returns>
    public async Task<HttpClient> Start()
    {
        service = ServiceProcess.Launch(Settings);
        return new HttpClient
        {
            BaseAddress = await Running.Listening(),
            Timeout = RequestLimit,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) },
        };
    }

    public async Task Inflict(Fault fault, Random random)
    {
        switch (fault)
        {
            case Fault.ServiceKilled:
                await Running.Kill();
                break;
            case Fault.BackendKilled:
                var backends = await Backends();
                Signal("KILL", backends[random.Next(backends.Count)]);
                break;
            case Fault.DatabaseStopped:
                await StopDatabase();
                await StartDatabase();
                break;
            case Fault.ConnectionsCut:
                await Sql.Execute(Database, $"SELECT pg_terminate_backend(pid) FROM ({BackendsQuery}) AS backends");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault));
        }
    }

    /// <summary>Stops PostgreSQL at once, as its own crash or a power failure would.</summary>
    public async Task StopDatabase()
    {
        Signal("QUIT", await Postmaster());
        // Waits for its end, and lets go of the directory.
        await cluster.DisposeAsync();
    }

    /// <summary>Starts PostgreSQL again, where it was.</summary>
    public async Task StartDatabase()
    {
        var before = Database;
        cluster = await StartDatabase(directory);
        Database.ShouldBe(before, "the service knows the database by this address");
    }

    /// <summary>Ends the service orderly, if it runs still, so that whatever it was doing is done or undone.</summary>
    public async Task Stop()
    {
        if (!Running.HasEnded)
        {
            Running.Send(PosixSignal.SIGTERM);
            await Running.Ended();
        }

        await Running.DisposeAsync();
        service = null;
    }

    /// <summary>Makes another database on the same server, which is empty, and is the service's from its next start on.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="newSettings">More for the service, instead of what it had.</param>
    public async Task UseNewDatabase(string name, IReadOnlyDictionary<string, string> newSettings)
    {
        await Sql.Execute(Database, $"CREATE DATABASE {name}");
        (database, settings) = (name, newSettings);
    }

    /// <summary>Runs a verb to its end, whatever that is.</summary>
    public Task<Outcome> TryVerb(string verb, params string[] arguments) => ServiceProcess.Run(Settings, [verb, .. arguments]);

    /// <summary>Runs a verb to its end, which must be a good one.</summary>
    public async Task<IReadOnlyList<string>> Verb(string verb, params string[] arguments)
    {
        var outcome = await TryVerb(verb, arguments);
        outcome.ExitCode.ShouldBe(0, $"{verb}: {outcome}");
        return outcome.Output;
    }

    public Task<IReadOnlyList<string>> Audit() => StorageAudit.Inspect(Database);

    public Task<long> CountUnreferred() => StorageAudit.CountUnreferred(Database);

    public async ValueTask DisposeAsync()
    {
        if (service is not null)
        {
            await service.DisposeAsync();
        }

        await cluster.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private const string BackendsQuery =
        """
        SELECT pid FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND datname = current_database() AND application_name <> 'observer'
        """;

    private async Task<List<int>> Backends()
    {
        List<int> found = [];
        await Eventually.Holds(
            async () =>
            {
                await using var source = NpgsqlDataSource.Create(Sql.AsObserver(Database));
                await using var command = source.CreateCommand(BackendsQuery);
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                {
                    found.Add(reader.GetInt32(0));
                }

                return found.Count > 0;
            },
            "the service uses the database");
        return found;
    }

    private async Task<int> Postmaster() =>
        int.Parse((await Sql.Scalar<string>(Database, "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")).Trim());

    private static Task<PrivateCluster> StartDatabase(string directory) =>
        PrivateCluster.Start(directory, NullLogger.Instance, CancellationToken.None);

    private static void Signal(string signal, int processId)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{processId}"]);
        kill.WaitForExit();
    }
}
