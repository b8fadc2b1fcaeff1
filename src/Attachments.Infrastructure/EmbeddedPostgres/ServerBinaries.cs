namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>The directories to search for PostgreSQL's server programs.</summary>
/// <param name="Directories">The directories of PATH, which are searched first, in this order.</param>
/// <param name="Patterns">Paths in which one segment may contain an asterisk. Matches are sorted by version, newest first.</param>
internal sealed record BinaryLocations(IReadOnlyList<string> Directories, IReadOnlyList<string> Patterns)
{
    public static BinaryLocations Default { get; } = new(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        DefaultPatterns());

    public IEnumerable<string> Candidates() => Directories.Concat(Patterns.SelectMany(Expand)).Distinct();

    private static string[] DefaultPatterns()
    {
        if (OperatingSystem.IsWindows())
        {
            return [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL", "*", "bin")];
        }

        return OperatingSystem.IsMacOS()
            ?
            [
                "/opt/homebrew/opt/postgresql@*/bin",
                "/usr/local/opt/postgresql@*/bin",
                "/Applications/Postgres.app/Contents/Versions/*/bin",
            ]
            : ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"];
    }

    private static IEnumerable<string> Expand(string pattern)
    {
        var segments = pattern.Split(Path.DirectorySeparatorChar);
        var wild = Array.FindIndex(segments, segment => segment.Contains('*'));
        var parent = string.Join(Path.DirectorySeparatorChar, segments[..wild]) + Path.DirectorySeparatorChar;
        return Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, segments[wild])
                .OrderByDescending(ParseVersion)
                .Select(directory => Path.Combine([directory, .. segments[(wild + 1)..]]))
            : [];
    }

    private static int ParseVersion(string directory)
    {
        var digits = Path.GetFileName(directory).SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit);
        return int.TryParse(string.Concat(digits), out var version) ? version : 0;
    }
}

/// <summary>A directory with <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c> of the same major version.</summary>
internal sealed record ServerBinaries(string Directory, int MajorVersion)
{
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(15);
    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    public string InitDb => Program(Directory, "initdb");

    public string PgCtl => Program(Directory, "pg_ctl");

    /// <summary>Finds the first programs, or the first that can read the data, if data exists already.</summary>
    /// <param name="search">Where to look.</param>
    /// <param name="data">The data directory.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="EmbeddedPostgresException">There are none, or none of the version that created the data.</exception>
    public static async Task<ServerBinaries> Find(BinaryLocations search, DataDirectory data, CancellationToken cancellationToken)
    {
        var wanted = data.MajorVersion;
        var found = new List<ServerBinaries>();
        foreach (var directory in search.Candidates().Where(IsComplete))
        {
            if (await ReadVersion(directory, cancellationToken) is not { } version)
            {
                continue;
            }

            found.Add(new ServerBinaries(directory, version));
            if (wanted is null || wanted == version)
            {
                return found[^1];
            }
        }

        throw found.Count == 0 ? Missing(search) : OtherVersion(found, data, wanted);
    }

    private static string Program(string directory, string name) => Path.Combine(directory, name + Suffix);

    private static bool IsComplete(string directory) =>
        Needed.All(name => File.Exists(Program(directory, name)));

    private static async Task<int?> ReadVersion(string directory, CancellationToken cancellationToken)
    {
        var result = await ExternalProgram.Run(Program(directory, "postgres"), ["--version"], null, VersionLimit, cancellationToken);
        return PostgresMessages.ParseMajorVersion(result.Output);
    }

    private static EmbeddedPostgresException Missing(BinaryLocations search) => new(
        "PostgreSQL's server programs (initdb, pg_ctl, postgres) are neither in PATH nor in "
        + $"{string.Join(", ", search.Patterns)}: {HowToInstall()}, "
        + "or set ConnectionStrings:Attachments to a database that runs elsewhere.");

    private static EmbeddedPostgresException OtherVersion(List<ServerBinaries> found, DataDirectory data, int? wanted) => new(
        $"The data in {data.Cluster} belong to PostgreSQL {wanted}, but the installed versions are "
        + $"{string.Join(", ", found.Select(binaries => $"{binaries.MajorVersion} ({binaries.Directory})"))}: "
        + $"install PostgreSQL {wanted}, or move that directory away to start with an empty database.");

    private static string HowToInstall() =>
        OperatingSystem.IsWindows() ? "install PostgreSQL with the installer from https://www.postgresql.org/download/windows/"
        : OperatingSystem.IsMacOS() ? "install them with 'brew install postgresql@17'"
        : "install them with 'apt-get install postgresql' (or your distribution's package of the PostgreSQL server)";
}
