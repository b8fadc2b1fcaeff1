using Attachments.Application.Errors;
using Npgsql;

namespace Attachments.Infrastructure.Persistence;

/// <summary>How connections to the database are made.</summary>
internal static class DataSource
{
    // Each 2 KiB page of a large object is tried for compression; lz4 costs a fraction of the default's time.
    private const string CompressFast = "SET default_toast_compression = lz4";

    private const int PreparedStatements = 100;

    /// <summary>How long a request waits for a connection, a new one or one that others use, before it is told to come again.</summary>
    private const int ConnectSeconds = 4;

    /// <summary>
    /// More would only wait for the database's processors instead of here, and several services share what it allows (100, unless it is
    /// told otherwise).
    /// </summary>
    private const int MaxConnections = 30;

    /// <summary>In bytes: a small file leaves in one piece, instead of in many that each wake the database.</summary>
    private const int WriteBuffer = 80 << 10;

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
        SetDefault(settings, "Max Auto Prepare", PreparedStatements);
        SetDefault(settings, "Timeout", ConnectSeconds);
        SetDefault(settings, "Maximum Pool Size", Math.Max(MaxConnections, settings.MinPoolSize));
        SetDefault(settings, "Write Buffer Size", WriteBuffer);

        // The reset would undo the setting below. Nothing else is left behind in a session.
        settings.NoResetOnClose = true;

        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);

        // Where nothing may be prepared in a session, it is shared with others, and nothing is set in it either.
        if (settings.MaxAutoPrepare > 0)
        {
            var compression = new FastCompression();
            builder.UsePhysicalConnectionInitializer(compression.Choose, compression.ChooseAsync);
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

    /// <summary>A server may be too old to have it, or made without. The first connection finds out.</summary>
    private sealed class FastCompression
    {
        private volatile bool isMissing;

        public void Choose(NpgsqlConnection connection)
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
            catch (PostgresException refusal) when (SaysItIsMissing(refusal))
            {
                isMissing = true;
            }
        }

        public async Task ChooseAsync(NpgsqlConnection connection)
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
            catch (PostgresException refusal) when (SaysItIsMissing(refusal))
            {
                isMissing = true;
            }
        }

        private static bool SaysItIsMissing(PostgresException refusal) =>
            refusal.SqlState is PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InvalidParameterValue;
    }
}
