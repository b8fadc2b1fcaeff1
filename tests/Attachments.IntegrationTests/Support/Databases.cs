using Attachments.Testing;

namespace Attachments.IntegrationTests;

/// <summary>One PostgreSQL for all the tests of this project.</summary>
[SetUpFixture]
public sealed class Databases
{
    private static TestDatabases? databases;

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
