using Npgsql;

namespace Attachments.Testing;

/// <summary>A look into a service's database from outside, by a name that is not the service's.</summary>
public static class Sql
{
    public static async Task<T> Scalar<T>(string connectionString, string query)
    {
        await using var source = NpgsqlDataSource.Create(AsObserver(connectionString));
        await using var command = source.CreateCommand(query);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task Execute(string connectionString, string statements)
    {
        await using var source = NpgsqlDataSource.Create(AsObserver(connectionString));
        await using var command = source.CreateCommand(statements);
        await command.ExecuteNonQueryAsync();
    }

    public static string AsObserver(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "observer" }.ConnectionString;
}
