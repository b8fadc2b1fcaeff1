using System.Globalization;
using System.Security.Cryptography;

namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>
/// The directory of one private PostgreSQL, locked while this object lives: the cluster in <c>postgres</c>, its log, its password, and
/// the lock file. The operating system releases the lock when the process ends.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string LockName = "lock";
    private const string NewClusterPrefix = "postgres.new-";

    /// <summary>EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows.</summary>
    private static readonly int[] SharingViolations = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream lockFile;

    private DataDirectory(string path, FileStream lockFile)
    {
        Location = path;
        this.lockFile = lockFile;
    }

    public string Location { get; }

    public string Cluster => Path.Combine(Location, "postgres");

    public string Log => Path.Combine(Location, "postgres.log");

    public string PasswordFile => Path.Combine(Location, "postgres.password");

    /// <summary>The version of PostgreSQL that created the cluster; null if there is no cluster yet.</summary>
    public int? MajorVersion
    {
        get
        {
            var version = Path.Combine(Cluster, "PG_VERSION");
            return File.Exists(version) ? int.Parse(File.ReadAllText(version).Split('.')[0], CultureInfo.InvariantCulture) : null;
        }
    }

    /// <summary>Creates the directory if it does not exist, and locks it.</summary>
    /// <exception cref="EmbeddedPostgresException">Another service uses it.</exception>
    public static DataDirectory Acquire(string path)
    {
        var location = Path.GetFullPath(path);
        Create(location);
        return TryAcquire(location, FileMode.OpenOrCreate) ?? throw new EmbeddedPostgresException(
            $"The data directory {location} is in use by another running service: stop that one, or set Embedded:DataDirectory to "
            + "another directory.");
    }

    /// <summary>Locks an existing directory. Null if another process has locked it, or has just deleted it.</summary>
    /// <param name="location">An absolute path.</param>
    /// <param name="mode">Whether to lock only a directory that has been used before (Open), or also a new one.</param>
    public static DataDirectory? TryAcquire(string location, FileMode mode)
    {
        try
        {
            var file = Path.Combine(location, LockName);
            var held = new FileStream(file, mode, FileAccess.ReadWrite, FileShare.None);
            if (File.Exists(file))
            {
                return new DataDirectory(location, held);
            }

            held.Dispose();
            return null;
        }
        catch (IOException e) when (SharingViolations.Contains(e.HResult))
        {
            return null;
        }
    }

    public static void Create(string location)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(location);
        }
        else if (!Directory.Exists(location))
        {
            // If the service is root, the server runs as another user, who must reach the cluster but need not list this directory.
            Directory.CreateDirectory(location, Environment.IsPrivilegedProcess ? OwnerOnly | UnixFileMode.OtherExecute : OwnerOnly);
        }
    }

    /// <summary>
    /// An empty directory in which to create the cluster before it is moved to its place. Its name is used only once, so that an initdb
    /// that outlives its service never writes into the directory of another.
    /// </summary>
    public string BeginCluster()
    {
        var directory = Path.Combine(Location, NewClusterPrefix + Guid.NewGuid().ToString("N"));
        if (OperatingSystem.IsWindows())
        {
            return Directory.CreateDirectory(directory).FullName;
        }

        return Directory.CreateDirectory(directory, OwnerOnly).FullName;
    }

    /// <summary>Directories left by services that were killed while they created a cluster.</summary>
    public IReadOnlyList<string> UnfinishedClusters() => Directory.GetDirectories(Location, NewClusterPrefix + "*");

    /// <exception cref="EmbeddedPostgresException">Something else is in the cluster's place.</exception>
    public void FinishCluster(string directory)
    {
        if (Directory.Exists(Cluster) && Directory.EnumerateFileSystemEntries(Cluster).Any())
        {
            throw new EmbeddedPostgresException($"{Cluster} is not empty, but is not a PostgreSQL cluster: move it away.");
        }

        if (Directory.Exists(Cluster))
        {
            Directory.Delete(Cluster);
        }

        Directory.Move(directory, Cluster);
    }

    /// <summary>Creates a password and stores it in a file that only its owner can read.</summary>
    public void WriteNewPassword()
    {
        File.Delete(PasswordFile);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(PasswordFile, options);
        file.Write(RandomNumberGenerator.GetHexString(48, lowercase: true).Select(c => (byte)c).ToArray());
        file.Flush(flushToDisk: true);
    }

    /// <exception cref="EmbeddedPostgresException">The file is gone.</exception>
    public string ReadPassword() => File.Exists(PasswordFile)
        ? File.ReadAllText(PasswordFile).Trim()
        : throw new EmbeddedPostgresException(
            $"{PasswordFile} is missing; without it the data in {Cluster} cannot be opened: restore it, or move both away.");

    /// <summary>The log covers only one run, so that it does not grow for ever.</summary>
    public void BeginLog() => File.Create(Log).Dispose();

    public string ReadLog() => File.Exists(Log) ? File.ReadAllText(Log) : "";

    public void Dispose() => lockFile.Dispose();
}
