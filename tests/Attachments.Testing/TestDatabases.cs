using System.Globalization;
using Npgsql;

namespace Attachments.Testing;

/// <summary>
/// The PostgreSQL that tests run on: the one that <c>ATTACHMENTS_TEST_DATABASE</c> connects to, else one in a container where the tests
/// were built with <c>-p:Testcontainers=true</c>, else a private one of its own. Each test that needs a database gets a new one.
/// </summary>
public sealed class TestDatabases : IAsyncDisposable
{
    private const string Variable = "ATTACHMENTS_TEST_DATABASE";

    private readonly IAsyncDisposable? lifetime;
    private readonly List<string> made = [];
    private int count;

    private TestDatabases(string server, IAsyncDisposable? lifetime)
    {
        Server = server;
        this.lifetime = lifetime;
    }

    /// <summary>The connection string of the server, and of a database in it that is not one of the tests'.</summary>
    public string Server { get; }

    public static async Task<TestDatabases> Start()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return new TestDatabases(given, null);
        }

#if TESTCONTAINERS
        var (server, lifetime) = await ContainerServer.Start();
#else
        var (server, lifetime) = await PrivateServer.Start();
#endif
        return new TestDatabases(server, lifetime);
    }

    /// <summary>An empty database, without our schema, or a copy of another that nobody is connected to.</summary>
    /// <param name="template">The connection string of the one to copy.</param>
    /// <returns>Its connection string.</returns>
    public async Task<string> Create(string? template = null)
    {
        var name = string.Create(
            CultureInfo.InvariantCulture, $"attachments_test_{Environment.ProcessId}_{Interlocked.Increment(ref count)}");
        var original = template is null ? "" : $" TEMPLATE {new NpgsqlConnectionStringBuilder(template).Database}";
        await Execute($"CREATE DATABASE {name}{original}");
        lock (made)
        {
            made.Add(name);
        }

        return new NpgsqlConnectionStringBuilder(Server) { Database = name }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (lifetime is not null)
        {
            await lifetime.DisposeAsync();
            return;
        }

        foreach (var name in made)
        {
            await Execute($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        }
    }

    private async Task Execute(string statement)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
