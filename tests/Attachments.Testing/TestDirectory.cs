using Attachments.Application.Settings;
using Npgsql;

namespace Attachments.Testing;

/// <summary>A directory of its own for the files of a service.</summary>
public sealed class TestDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public const string MarkerName = ".owner";

    private const string PendingSuffix = ".part";

    private TestDirectory(string path) => Path = path;

    public string Path { get; }

    public DirectoryOptions Options => new() { Path = Path };

    /// <summary>For a service that keeps its files here: key and value.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Storage:Provider"] = nameof(StorageProvider.Directory),
        ["Storage:Directory:Path"] = Path,
    };

    public static TestDirectory Create() =>
        new(Directory.CreateTempSubdirectory("attachments-test-files-").FullName);

    /// <summary>Where the file of a blob is once it is whole: by the last two bytes of its id.</summary>
    public string GetPath(Guid blobId)
    {
        var id = blobId.ToString();
        return System.IO.Path.Combine(Path, id[^2..], id[^4..^2], id);
    }

    /// <summary>Where the file of a blob is while it is written.</summary>
    public string GetPendingPath(Guid blobId) => GetPath(blobId) + PendingSuffix;

    /// <summary>The names of the files of blobs, whole or not.</summary>
    public IReadOnlyList<string> Names() =>
        [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Select(file => System.IO.Path.GetFileName(file))
            .Where(name => !name.StartsWith('.'))];

    public static void Put(string path, byte[] content)
    {
        CreateDirectoryOf(path);
        File.WriteAllBytes(path, content);
    }

    /// <summary>Copies to another directory what is there; a file that goes meanwhile is left out.</summary>
    public void CopyTo(TestDirectory other)
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            var copy = System.IO.Path.Combine(other.Path, System.IO.Path.GetRelativePath(Path, file));
            CreateDirectoryOf(copy);
            try
            {
                File.Copy(file, copy);
            }
            catch (FileNotFoundException)
            {
                continue;
            }
        }
    }

    /// <summary>What is in the directory and in no row, or the other way round: a line for each; empty when nothing is.</summary>
    public async Task<IReadOnlyList<string>> Inspect(string connectionString)
    {
        var known = await Rows(connectionString, "in_directory");
        var stored = await Rows(connectionString, "in_directory AND store = 2 AND state = 1");
        var names = Names();
        return
        [
            .. names.Where(name => !known.Contains(name.Replace(PendingSuffix, "", StringComparison.Ordinal)))
                .Select(name => $"file {name} without a blob"),
            .. stored.Except(names).Select(name => $"blob without its file {name}"),
        ];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static async Task<IReadOnlyList<string>> Rows(string connectionString, string condition)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand($"SELECT id::text FROM blobs WHERE {condition}");
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static void CreateDirectoryOf(string path)
    {
        var directory = System.IO.Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OwnerOnly);
        }
    }
}
