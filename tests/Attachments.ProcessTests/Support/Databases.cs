namespace Attachments.ProcessTests;

/// <summary>One PostgreSQL for all the tests of this project.</summary>
[SetUpFixture]
public sealed class Databases
{
    private static readonly Lazy<Task<string>> Migrated = new(Migrate);
    private static TestDatabases? databases;

    /// <summary>An empty database.</summary>
    public static Task<string> Create() => databases!.Create();

    /// <summary>A database with our schema.</summary>
    public static async Task<string> CreateMigrated() => await databases!.Create(await Migrated.Value);

    [OneTimeSetUp]
    public async Task Start() => databases = await TestDatabases.Start();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (databases is not null)
        {
            await databases.DisposeAsync();
        }
    }

    /// <summary>The one that the others are copied from, since the verb takes longer than a copy.</summary>
    private static async Task<string> Migrate()
    {
        var connectionString = await Create();
        var outcome = await ServiceProcess.Run(ServiceSettings.Complete(connectionString), "migrate");
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        return connectionString;
    }
}
