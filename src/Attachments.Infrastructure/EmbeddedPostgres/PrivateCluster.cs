using Microsoft.Extensions.Logging;
using Npgsql;

namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>
/// A private PostgreSQL for development and tests. It is created once in a data directory, is reachable only from this machine with a
/// random password, and stops when this object is disposed. Only one service at a time can use a data directory. The next start cleans up
/// after a killed service (a running server, an unfinished cluster).
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

    /// <summary>Npgsql's connection string, for a superuser and the existing database <c>attachments</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts the PostgreSQL of a data directory, and creates both if they do not exist.</summary>
    /// <param name="dataDirectory">Absolute, or relative to the working directory.</param>
    /// <param name="logger">Logs the steps.</param>
    /// <param name="ct">Cancels the start, and leaves nothing running.</param>
    /// <exception cref="EmbeddedPostgresException">PostgreSQL is missing, does not start, or the directory cannot be used.</exception>
    public static Task<PrivateCluster> Start(string dataDirectory, ILogger logger, CancellationToken ct) =>
        Start(dataDirectory, BinaryLocations.Default, logger, ct);

    /// <summary>
    /// Starts an empty PostgreSQL for tests, which does not survive a power failure. Its directory is in the system's temporary directory.
    /// It is deleted when this object is disposed, or by a later call if this process dies before that.
    /// </summary>
    /// <param name="logger">Logs the steps.</param>
    /// <param name="ct">Cancels the start, and leaves nothing running.</param>
    /// <exception cref="EmbeddedPostgresException">PostgreSQL is not installed, or does not start.</exception>
    public static Task<PrivateCluster> StartTemporary(ILogger logger, CancellationToken ct) =>
        StartTemporary(Path.GetTempPath(), logger, ct);

    /// <summary>Stops the server, cleanly if that takes only some seconds, and releases the data directory.</summary>
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
            // The next start finds the server and stops it.
            logger.LogError("{Message}", e.Message);
        }
        finally
        {
            Release();
        }
    }

    internal static Task<PrivateCluster> Start(string dataDirectory, BinaryLocations search, ILogger logger, CancellationToken ct) =>
        TranslateFailures(dataDirectory, async () =>
        {
            var data = DataDirectory.Acquire(dataDirectory);
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
        TranslateFailures(root, async () =>
        {
            var directories = new TemporaryDirectories(root, logger);
            await directories.DeleteLeftOvers(ct);
            var data = directories.Create();
            try
            {
                return await Start(data, BinaryLocations.Default, directories, logger, ct);
            }
            catch
            {
                directories.Delete(data);
                throw;
            }
        });

    private static async Task<PrivateCluster> Start(
        DataDirectory data, BinaryLocations search, TemporaryDirectories? temporary, ILogger logger, CancellationToken ct)
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

    /// <summary>Creates the database if it does not exist, and returns its connection string.</summary>
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
                $"The password in {data.PasswordFile} is not the password of the cluster next to it: "
                + "restore the right file, or move both away.",
                e);
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

    /// <summary>
    /// Names the directory and the error of the system, such as a full or read-only disk, or a directory of another user.
    /// </summary>
    private static async Task<PrivateCluster> TranslateFailures(string directory, Func<Task<PrivateCluster>> start)
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
