using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Attachments.Bench;

/// <summary>What PostgreSQL's own clients reach with the same bytes: the least SQL that keeps and finds them.</summary>
internal sealed partial class Reference
{
    private const int Clients = 8;

    private readonly NpgsqlConnectionStringBuilder database;
    private readonly string directory;
    private readonly string binaries;

    private Reference(NpgsqlConnectionStringBuilder database, string directory, string binaries)
    {
        this.database = database;
        this.directory = directory;
        this.binaries = binaries;
    }

    /// <param name="database">The connection string of the service's database; beside it, another is made.</param>
    /// <param name="directory">Where scripts may be.</param>
    /// <param name="body">One file.</param>
    /// <param name="files">How many of them there are to be read.</param>
    public static async Task<Reference> Create(string database, string directory, byte[] body, int files)
    {
        var own = new NpgsqlConnectionStringBuilder(database) { Database = "reference", Pooling = false };
        await Execute(new NpgsqlConnectionStringBuilder(database) { Pooling = false }, "CREATE DATABASE reference");
        await Execute(own,
            """
            CREATE TABLE files (id bigserial PRIMARY KEY, name text NOT NULL, media_type text NOT NULL, length bigint NOT NULL,
                md5 bytea NOT NULL, sha256 bytea NOT NULL, stored_at timestamptz NOT NULL, large_object oid NOT NULL);
            """);
        var literal = Convert.ToHexString(body);
        var insert =
            $"""
            INSERT INTO files (name, media_type, length, md5, sha256, stored_at, large_object)
            VALUES ('photo.jpg', 'image/jpeg', {body.Length}, '\x00112233445566778899aabbccddeeff',
                '\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', now(), lo_from_bytea(0, '\x{literal}'))
            """;
        await Execute(own, string.Join(';', Enumerable.Repeat(insert, files)));
        await File.WriteAllTextAsync(Path.Combine(directory, "put.sql"), insert.ReplaceLineEndings(" ") + ";\n");
        await File.WriteAllTextAsync(
            Path.Combine(directory, "get.sql"),
            $"\\set id random(1, {files})\n"
            + "SELECT name, media_type, length, md5, sha256, stored_at, lo_get(large_object) FROM files WHERE id = :id;\n");
        return new Reference(own, directory, await FindBinaries(own));
    }

    /// <summary>Transactions a second of one of the scripts, each a request, with statements prepared once.</summary>
    public async Task<double> PgBench(string script, int seconds)
    {
        var output = await Programs.Run(
            Path.Combine(binaries, "pgbench"),
            ["-n", "-M", "prepared", "-c", $"{Clients}", "-j", "2", "-T", $"{seconds}", "-f", Path.Combine(directory, script), .. Target()],
            Password());
        return double.Parse(TpsLine().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Seconds that psql takes to make a large object of a file, and the object.</summary>
    public async Task<(double Seconds, long ObjectId)> Import(string file)
    {
        var watch = Stopwatch.StartNew();
        var output = await Psql($"\\lo_import {file}");
        return (watch.Elapsed.TotalSeconds, long.Parse(output.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]));
    }

    /// <summary>Seconds that psql takes to write a large object to nowhere.</summary>
    public async Task<double> Export(long objectId)
    {
        var watch = Stopwatch.StartNew();
        await Psql($"\\lo_export {objectId} /dev/null");
        return watch.Elapsed.TotalSeconds;
    }

    public Task Unlink(long objectId) => Psql($"\\lo_unlink {objectId}");

    private Task<string> Psql(string command) =>
        Programs.Run(Path.Combine(binaries, "psql"), ["-X", "-v", "ON_ERROR_STOP=1", "-c", command, .. Target()], Password());

    private string[] Target() =>
        ["-h", database.Host!, "-p", $"{database.Port}", "-U", database.Username!, .. (string[])[database.Database!]];

    private (string Name, string Value) Password() => ("PGPASSWORD", database.Password!);

    private static async Task<string> FindBinaries(NpgsqlConnectionStringBuilder database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT setting FROM pg_config WHERE name = 'BINDIR'", connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Execute(NpgsqlConnectionStringBuilder database, string statements)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statements, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@"tps = ([\d.]+)")]
    private static partial Regex TpsLine();
}
