using System.Globalization;
using Attachments.Application.Settings;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.FunctionalTests;

/// <summary>
/// One PostgreSQL for all the tests of this project, and one service for all that need no settings of their own: the one at
/// <c>ATTACHMENTS_TEST_ADDRESS</c>, whose database <c>ATTACHMENTS_TEST_DATABASE</c> then is; or as many processes as
/// <c>ATTACHMENTS_TEST_REPLICAS</c> says behind a load balancer, with their files in S3 where there is an engine; else one in this process.
/// </summary>
[SetUpFixture]
internal sealed class TestBed
{
    /// <summary>
    /// The category of the tests in which several write at once. They are run through a load balancer too; of the others, some are of what
    /// one decides itself, such as <c>Expect: 100-continue</c>.
    /// </summary>
    public const string Race = nameof(Race);

    /// <summary>The limits of <see cref="Service"/>: small, so that passing one costs little.</summary>
    public const int MaxUploadBytes = 1 << 20;
    public const int MaxDocumentBytes = 3 << 19;
    public const int MaxParts = 20;

    /// <summary>One that runs elsewhere must have these as well.</summary>
    private static readonly string[] CommonSettings =
    [
        "--Storage:ReclaimAfter=00:00:00",
        $"--Limits:MaxUploadBytes={MaxUploadBytes}",
        $"--Limits:MaxDocumentBytes={MaxDocumentBytes}",
        $"--Limits:MaxParts={MaxParts}",
    ];

    // What is asked for twice is served from a copy, as in Development.
    private static readonly string Cache = Path.Combine(Path.GetTempPath(), $"attachments-tests-cache-{Environment.ProcessId}");

    /// <summary>Others that one which runs elsewhere has, such as where it keeps its files, for what is done beside it here.</summary>
    private static string[] GivenSettings =>
        Environment.GetEnvironmentVariable("ATTACHMENTS_TEST_SETTINGS")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static TestDatabases? databases;
    private static RunningService? service;
    private static readonly Dictionary<StorageProvider, ServiceInStore> InStores = [];
    private static Deployment? replicas;
    private static TestBucket? bucket;

    /// <summary>Reclaims at once what nothing refers to any longer, whenever it is swept.</summary>
    public static RunningService Service => service ?? throw new InvalidOperationException("The service has not been started.");

    /// <summary>As <see cref="Service"/>, with its files in one of the stores. Ignores the test where there is no engine for it.</summary>
    public static async Task<RunningService> ServiceWithFilesIn(StorageProvider store)
    {
        if (store == StorageProvider.LargeObject)
        {
            return Service;
        }

        if (!InStores.TryGetValue(store, out var found))
        {
            InStores.Add(store, found = await ServiceInStore.Start(store, CommonSettings));
        }

        return found.Service;
    }

    /// <summary>Another service on a database of its own.</summary>
    /// <param name="settings">As on the command line: <c>--Limits:MaxParts=1</c>.</param>
    public static Task<RunningService> StartService(params string[] settings) => StartService(TimeProvider.System, settings);

    /// <summary>As the other, with a clock of its own.</summary>
    public static async Task<RunningService> StartService(TimeProvider time, params string[] settings) =>
        await RunningService.Start(await databases!.Create(), time, settings);

    /// <summary>As the others, with services of the test's own, on a database that several may share.</summary>
    public static async Task<RunningService> StartService(Action<IServiceCollection> replace, string? connectionString, params string[] settings) =>
        await RunningService.Start(connectionString ?? await databases!.Create(), replace, settings);

    /// <summary>Another service on a database of its own, to which it has two connections: migrating takes as many.</summary>
    public static async Task<RunningService> StartServiceOfTwoConnections() =>
        await RunningService.Start($"{await databases!.Create()};Maximum Pool Size=2", TimeProvider.System);

    [OneTimeSetUp]
    public async Task Start()
    {
        databases = await TestDatabases.Start();
        service = Environment.GetEnvironmentVariable("ATTACHMENTS_TEST_ADDRESS") is { Length: > 0 } address
            ? RunningService.At(new Uri(address), databases.Server, [.. CommonSettings, .. GivenSettings])
            : Environment.GetEnvironmentVariable("ATTACHMENTS_TEST_REPLICAS") is { Length: > 0 } count
                ? await StartReplicas(int.Parse(count, CultureInfo.InvariantCulture))
                : await StartService([.. CommonSettings, $"--Storage:Cache:Directory={Cache}"]);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (service is not null)
        {
            await service.DisposeAsync();
        }

        foreach (var inStore in InStores.Values)
        {
            await inStore.DisposeAsync();
        }

        if (replicas is not null)
        {
            await replicas.DisposeAsync();
        }

        if (bucket is not null)
        {
            await bucket.DisposeAsync();
        }

        if (databases is not null)
        {
            await databases.DisposeAsync();
        }

        if (Directory.Exists(Cache))
        {
            Directory.Delete(Cache, recursive: true);
        }
    }

    /// <summary>Starts them at once on an empty database, which all of them migrate.</summary>
    private static async Task<RunningService> StartReplicas(int count)
    {
        bucket = TestBucket.IsAvailable ? await TestBucket.Create() : null;
        var connectionString = await databases!.Create();
        var stored = bucket?.Settings ?? new Dictionary<string, string>();
        string[] settings = [.. CommonSettings, .. stored.Select(setting => $"--{setting.Key}={setting.Value}")];
        replicas = await Deployment.Start(
            ServiceSettings.Bare("Production"),
            count,
            [
                .. RunningService.CommandLine(connectionString, settings),
                "--Database:MigrateOnStart=true",
                // Says where it listens.
                "--Serilog:MinimumLevel:Override:Microsoft.Hosting.Lifetime=Information",
            ]);
        return RunningService.At(replicas.Address, connectionString, settings);
    }
}
