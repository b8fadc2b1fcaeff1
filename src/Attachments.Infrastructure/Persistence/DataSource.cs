using Attachments.Application.Common;
using Npgsql;

namespace Attachments.Infrastructure.Persistence;

/// <summary>How connections to the database are made.</summary>
internal static class DataSource
{
    // Each 2 KiB page of a large object is tried for compression; lz4 costs a fraction of the default's time. Not every server has it.
    private const string CompressFast =
        """
        SELECT set_config('default_toast_compression', 'lz4', false) FROM pg_settings
        WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)
        """;

    private const int PreparedStatements = 100;

    /// <summary>How long a request waits for a connection, a new one or one that others use, before it is told to come again.</summary>
    private const int ConnectSeconds = 4;

    /// <exception cref="ConfigurationException">The connection string is none.</exception>
    public static NpgsqlDataSource Create(string connectionString)
    {
        try
        {
            return Build(connectionString);
        }
        catch (ArgumentException exception)
        {
            // What Npgsql says names the part that is wrong, and never its value.
            throw new ConfigurationException($"ConnectionStrings:Attachments cannot be used: {exception.Message}");
        }
    }

    private static NpgsqlDataSource Build(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.ApplicationName ??= "attachments";
        if (!settings.ShouldSerialize("Max Auto Prepare"))
        {
            settings.MaxAutoPrepare = PreparedStatements;
        }

        if (!settings.ShouldSerialize("Timeout"))
        {
            settings.Timeout = ConnectSeconds;
        }

        // The reset would undo the setting below. Nothing else is left behind in a session.
        settings.NoResetOnClose = true;

        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(Initialize, InitializeAsync);
        return builder.Build();
    }

    private static void Initialize(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(CompressFast, connection);
        command.ExecuteNonQuery();
    }

    private static async Task InitializeAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(CompressFast, connection);
        await command.ExecuteNonQueryAsync();
    }
}
