using System.Diagnostics;
using System.Net.Http.Headers;
using Attachments.Application.Settings;
using Attachments.Infrastructure.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Attachments.CrashTests;

/// <summary>
/// The service in a process of its own, or in several behind a load balancer, with its files in the store that is asked for, or in S3 if
/// there are several and there is an engine; and the PostgreSQL that it uses. They are made to fail.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan RequestLimit = TimeSpan.FromMinutes(1);

    private readonly string directory;
    private readonly string options;
    private readonly int replicas;
    private readonly TestBucket? bucket;
    private readonly TestDirectory? files;
    private IReadOnlyDictionary<string, string> settings;
    private PrivateCluster cluster;
    private string? database;
    private Deployment? service;
    private int? missing;

    private World(
        string directory, string options, IReadOnlyDictionary<string, string> settings, PrivateCluster cluster, string token, int replicas,
        TestBucket? bucket, TestDirectory? files)
    {
        this.directory = directory;
        this.options = options;
        this.settings = settings;
        this.cluster = cluster;
        Token = token;
        this.replicas = replicas;
        this.bucket = bucket;
        this.files = files;
    }

    /// <summary>The connection string of the database that the service uses.</summary>
    public string Database => database is null
        ? cluster.ConnectionString
        : new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Database = database }.ConnectionString;

    /// <summary>Of one who may do everything.</summary>
    public string Token { get; }

    /// <summary>The service's only process, once it has been started.</summary>
    public int ServiceId => Running.ProcessIds.Single();

    private ServiceSettings Settings => ServiceSettings.Complete($"{Database};{options}")
        .With(bucket?.Settings ?? files?.Settings ?? new Dictionary<string, string>())
        .With(settings);

    private Deployment Running => service ?? throw new InvalidOperationException("The service has not been started.");

    /// <param name="directory">An empty one for the database, to be deleted with all that is in it; null: a new one.</param>
    /// <param name="options">More for the service's connection string.</param>
    /// <param name="settings">More for the service.</param>
    /// <param name="replicas">How many processes the service is.</param>
    /// <param name="store">Where its files are; null: see above.</param>
    public static async Task<World> Create(
        string? directory = null,
        string options = "",
        IReadOnlyDictionary<string, string>? settings = null,
        int replicas = 1,
        StorageProvider? store = null)
    {
        directory ??= Directory.CreateTempSubdirectory("attachments-crash-").FullName;
        var signed = await ServiceProcess.Run(ServiceSettings.WithKey(), "token", "--sub", "crash", "--admin");
        signed.ExitCode.ShouldBe(0, signed.ToString());
        var bucket = store == StorageProvider.S3 || (store is null && replicas > 1 && TestBucket.IsAvailable) ? await TestBucket.Create() : null;
        var world = new World(
            directory,
            options,
            settings ?? new Dictionary<string, string>(),
            await StartDatabase(directory),
            signed.Output.Single(),
            replicas,
            bucket,
            store == StorageProvider.Directory ? TestDirectory.Create() : null);
        await world.Verb("migrate");
        return world;
    }

    /// <summary>Starts the service.</summary>
    /// <returns>A way to it.</returns>
    public async Task<HttpClient> Start()
    {
        service = await Deployment.Start(Settings, replicas);
        // A connection for each request: a load balancer that reads its configuration anew may close one on which the next is being sent.
        return new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = replicas > 1 ? TimeSpan.Zero : Timeout.InfiniteTimeSpan })
        {
            BaseAddress = Running.Address,
            Timeout = RequestLimit,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) },
        };
    }

    public async Task Inflict(Fault fault, Random random)
    {
        switch (fault)
        {
            case Fault.ServiceKilled:
                missing = random.Next(replicas);
                await Running.Kill(missing.Value);
                break;
            case Fault.ReplicaRestarted:
                missing = random.Next(replicas);
                (await Running.Retire(missing.Value)).ExitCode.ShouldBe(0);
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

    /// <summary>Starts again the replica that is missing among several.</summary>
    public async Task Recover()
    {
        if (missing is { } replica && replicas > 1)
        {
            await Running.Replace(replica);
        }

        missing = null;
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
        await Running.Stop();
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

    /// <summary>
    /// Of a service that has been stopped: every file is what its digest says, and after a sweep there is no byte without a row and no row
    /// without an owner.
    /// </summary>
    /// <param name="where">For the message.</param>
    public async Task ShouldLeaveNothingBehind(string? where = null)
    {
        await Verb("verify");
        await Verb("sweep", "--Storage:ReclaimAfter=00:00:00", "--Storage:AbandonAfter=00:00:00");
        (await StorageAudit.CountUnreferred(Database)).ShouldBe(0, where);
        (await Audit()).ShouldBeEmpty(where);
    }

    /// <summary>What is wrong with what is stored: a line for each; empty when nothing is.</summary>
    public async Task<IReadOnlyList<string>> Audit() =>
    [
        .. await StorageAudit.Inspect(Database),
        .. bucket is null ? [] : await bucket.Inspect(Database),
        .. files is null ? [] : await files.Inspect(Database),
    ];

    public async ValueTask DisposeAsync()
    {
        if (service is not null)
        {
            await service.DisposeAsync();
        }

        await cluster.DisposeAsync();
        Directory.Delete(directory, recursive: true);
        if (bucket is not null)
        {
            await bucket.DisposeAsync();
        }

        files?.Dispose();
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
