using Microsoft.Extensions.Logging;
using Npgsql;

namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>
/// A PostgreSQL of our own, for development and tests: made once in a data directory, reachable only from this machine with a random
/// password, started here and stopped by disposing of this. One service at a time may have a data directory; what a service that was killed
/// has left (a running server, a half-made cluster) is dealt with by the next start.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private const string DatabaseName = "attachments";

    private readonly DataDirectory data;
    private readonly PostgresServer server;
    private readonly TemporaryDirectories? temporary;
    private readonly ILogger logger;
    private int disposed;

    private PrivateCluster(
        DataDirectory data, PostgresServer server, string connectionString, TemporaryDirectories? temporary, ILogger logger)
    {
        this.data = data;
        this.server = server;
        this.temporary = temporary;
        this.logger = logger;
        ConnectionString = connectionString;
    }

    /// <summary>For Npgsql. The user may do everything, the database <c>attachments</c> is there.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts the PostgreSQL of a data directory, which is created where it is missing, with all that is in it.</summary>
    /// <param name="dataDirectory">Absolute, or relative to the working directory.</param>
    /// <param name="logger">Told what is done.</param>
    /// <param name="ct">Ends the start; nothing is left running then.</param>
    /// <exception cref="EmbeddedPostgresException">PostgreSQL is missing, does not start, or the directory cannot be used.</exception>
    public static Task<PrivateCluster> Start(string dataDirectory, ILogger logger, CancellationToken ct) =>
        Start(dataDirectory, BinarySearch.Usual, logger, ct);

    /// <summary>
    /// Starts an empty PostgreSQL for tests, which survives no power failure. Its directory, below the system's directory for temporary
    /// files, is deleted when this is disposed of, or by the next call when this process does not come to that.
    /// </summary>
    /// <param name="logger">Told what is done.</param>
    /// <param name="ct">Ends the start; nothing is left running then.</param>
    /// <exception cref="EmbeddedPostgresException">PostgreSQL is not installed, or does not start.</exception>
    public static Task<PrivateCluster> StartTemporary(ILogger logger, CancellationToken ct) =>
        StartTemporary(Path.GetTempPath(), logger, ct);

    /// <summary>Stops the server, orderly if it can be had within some seconds, and lets go of the data directory.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        try
        {
            await server.Stop();
            logger.LogInformation("Stopped the PostgreSQL in {Directory}", data.Location);
        }
        catch (EmbeddedPostgresException e)
        {
            // The next start finds what is left and ends it.
            logger.LogError("{Message}", e.Message);
        }
        finally
        {
            Release();
        }
    }

    internal static Task<PrivateCluster> Start(string dataDirectory, BinarySearch search, ILogger logger, CancellationToken ct) =>
        Translated(dataDirectory, async () =>
        {
            var data = DataDirectory.Take(dataDirectory);
            try
            {
                return await Start(data, search, temporary: null, logger, ct);
            }
            catch
            {
                data.Dispose();
                throw;
            }
        });

    internal static Task<PrivateCluster> StartTemporary(string root, ILogger logger, CancellationToken ct) =>
        Translated(root, async () =>
        {
            var directories = new TemporaryDirectories(root, logger);
            await directories.DeleteLeftOvers(ct);
            var data = directories.Take();
            try
            {
                return await Start(data, BinarySearch.Usual, directories, logger, ct);
            }
            catch
            {
                directories.Delete(data);
                throw;
            }
        });

    private static async Task<PrivateCluster> Start(
        DataDirectory data, BinarySearch search, TemporaryDirectories? temporary, ILogger logger, CancellationToken ct)
    {
        var binaries = await ServerBinaries.Find(search, data, ct);
        var account = await ServerAccount.For(data, ct);
        var server = new PostgresServer(data, binaries, account, durable: temporary is null, logger);
        await server.Initialise(ct);
        await server.StopLeftOver();
        var port = await server.Start(ct);
        try
        {
            var connection = await OpenDatabase(data, port, ct);
            logger.LogInformation(
                "PostgreSQL {MajorVersion} serves {Directory} on 127.0.0.1:{Port}", binaries.MajorVersion, data.Location, port);
            return new PrivateCluster(data, server, connection, temporary, logger);
        }
        catch
        {
            await server.Stop();
            throw;
        }
    }

    /// <summary>Creates the database where it is missing, and returns how to reach it.</summary>
    private static async Task<string> OpenDatabase(DataDirectory data, int port, CancellationToken ct)
    {
        var target = ConnectionTo(DatabaseName, port, data.ReadPassword());
        var maintenance = new NpgsqlConnectionStringBuilder(target.ConnectionString) { Database = "postgres", Pooling = false };
        try
        {
            await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
            await connection.OpenAsync(ct);
            await using var find = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection);
            find.Parameters.Add(new NpgsqlParameter { Value = DatabaseName });
            if (await find.ExecuteScalarAsync(ct) is null)
            {
                await using var create = new NpgsqlCommand($"CREATE DATABASE {DatabaseName}", connection);
                await create.ExecuteNonQueryAsync(ct);
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new EmbeddedPostgresException(
                $"The password in {data.PasswordFile} does not fit the cluster next to it: restore the right file, or move both away.", e);
        }
        catch (NpgsqlException e)
        {
            throw new EmbeddedPostgresException($"PostgreSQL started but cannot be used: {e.Message} (its log: {data.Log})", e);
        }

        return target.ConnectionString;
    }

    private static NpgsqlConnectionStringBuilder ConnectionTo(string database, int port, string password) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Database = database,
        Username = PostgresServer.SuperUser,
        Password = password,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    };

    /// <summary>A full disk, a read-only one, a directory of another user: what the system says, and of which directory.</summary>
    private static async Task<PrivateCluster> Translated(string directory, Func<Task<PrivateCluster>> start)
    {
        try
        {
            return await start();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedPostgresException(
                $"The data directory {Path.GetFullPath(directory)} cannot be used: {e.Message} "
                + "Fix that, or set Embedded:DataDirectory to another directory.", e);
        }
    }

    private void Release()
    {
        temporary?.Delete(data);
        data.Dispose();
    }
}
