using System.Diagnostics;
using Npgsql;

namespace Attachments.CrashTests;

/// <summary>A program that comes with PostgreSQL, of the server's own version.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Database">The connection string of the database that it is to work on.</param>
internal sealed record PostgresTool(string Path, string Database)
{
    public bool IsInstalled => File.Exists(Path);

    /// <summary>The one that is beside the server's program.</summary>
    public static async Task<PostgresTool> Find(string name, string database) => new(
        System.IO.Path.Combine(await Sql.Scalar<string>(database, "SELECT setting FROM pg_config WHERE name = 'BINDIR'"), name), database);

    /// <summary>Runs it to its end, which must be a good one.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> Run(params string[] arguments)
    {
        var connection = new NpgsqlConnectionStringBuilder(Database);
        var start = new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PGHOST"] = connection.Host,
                ["PGPORT"] = $"{connection.Port}",
                ["PGUSER"] = connection.Username,
                ["PGPASSWORD"] = connection.Password,
                ["PGDATABASE"] = connection.Database,
                ["LC_ALL"] = "C",
            },
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{Path} {string.Join(' ', arguments)}\n{await output}\n{await errors}");
        return await output + await errors;
    }
}
