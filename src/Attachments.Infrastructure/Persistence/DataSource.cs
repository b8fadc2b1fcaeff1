using Attachments.Application.Errors;
using Npgsql;

namespace Attachments.Infrastructure.Persistence;

/// <summary>Creates the data source for connections to the database.</summary>
internal static class DataSource
{
    // PostgreSQL tries to compress each 2 KiB page of a large object; lz4 takes a fraction of the default's time.
    private const string CompressFast = "SET default_toast_compression = lz4";

    private const int PreparedStatements = 100;

    /// <summary>The time that a request waits for a connection before it is answered 503.</summary>
    private const int ConnectSeconds = 4;

    /// <summary>
    /// More connections would only wait for the database's processors instead of in the service, and several services share the database's
    /// maximum (100 by default).
    /// </summary>
    private const int MaxConnections = 30;

    /// <summary>In bytes. A small file is sent in one piece instead of many, each of which would wake the database.</summary>
    private const int WriteBuffer = 80 << 10;

    /// <exception cref="ConfigurationException">The connection string is malformed.</exception>
    public static NpgsqlDataSource Create(string connectionString)
    {
        try
        {
            return Build(connectionString);
        }
        catch (ArgumentException exception)
        {
            // Npgsql's message names the invalid part and never its value.
            throw new ConfigurationException($"ConnectionStrings:Attachments cannot be used: {exception.Message}");
        }
    }

    private static NpgsqlDataSource Build(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.ApplicationName ??= "attachments";
        SetDefault(settings, "Max Auto Prepare", PreparedStatements);
        SetDefault(settings, "Timeout", ConnectSeconds);
        SetDefault(settings, "Maximum Pool Size", Math.Max(MaxConnections, settings.MinPoolSize));
        SetDefault(settings, "Write Buffer Size", WriteBuffer);

        // The reset would undo the setting below. Nothing else is left behind in a session.
        settings.NoResetOnClose = true;

        // Metrics and spans would name it by the whole connection string.
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = settings.Database };

        // Where nothing may be prepared in a session, it is shared with others, and nothing is set in it either.
        if (settings.MaxAutoPrepare > 0)
        {
            var compression = new FastCompression();
            builder.UsePhysicalConnectionInitializer(compression.Apply, compression.ApplyAsync);
        }

        return builder.Build();
    }

    private static void SetDefault(NpgsqlConnectionStringBuilder settings, string keyword, int value)
    {
        if (!settings.ShouldSerialize(keyword))
        {
            settings[keyword] = value;
        }
    }

    /// <summary>A server may be too old for lz4, or built without it. The first connection finds out.</summary>
    private sealed class FastCompression
    {
        private volatile bool isMissing;

        public void Apply(NpgsqlConnection connection)
        {
            if (isMissing)
            {
                return;
            }

            using var command = new NpgsqlCommand(CompressFast, connection);
            try
            {
                command.ExecuteNonQuery();
            }
            catch (PostgresException refusal) when (IsUnsupported(refusal))
            {
                isMissing = true;
            }
        }

        public async Task ApplyAsync(NpgsqlConnection connection)
        {
            if (isMissing)
            {
                return;
            }

            await using var command = new NpgsqlCommand(CompressFast, connection);
            try
            {
                await command.ExecuteNonQueryAsync();
            }
            catch (PostgresException refusal) when (IsUnsupported(refusal))
            {
                isMissing = true;
            }
        }

        private static bool IsUnsupported(PostgresException refusal) =>
            refusal.SqlState is PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InvalidParameterValue;
    }
}
