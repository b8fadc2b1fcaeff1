namespace Attachments.ProcessTests;

/// <summary>One PostgreSQL for all the tests of this project.</summary>
[SetUpFixture]
public sealed class Databases
{
    private static TestDatabases? databases;

    /// <summary>An empty database.</summary>
    public static Task<string> Create() => databases!.Create();

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
}
