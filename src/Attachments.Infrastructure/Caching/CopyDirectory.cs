using Attachments.Application.Errors;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Attachments.Infrastructure.Caching;

/// <summary>
/// A directory of copies, each named by the SHA-256 of its bytes, with a maximum size. The least recently used copy is evicted first. A
/// copy from an earlier run is used only after it has been read and verified. The directory belongs to one process, which locks it.
/// </summary>
internal sealed class CopyDirectory : IDisposable
{
    private const string LockName = "lock";
    private const string Unfinished = ".part";
    private const UnixFileMode OurFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OurDirectory = OurFile | UnixFileMode.UserExecute;

    // The overhead of a file: a part of a disk block, and its entries on the disk and in memory.
    private const int BlockBytes = 4096;
    private const int EntryBytes = 512;

    private readonly string path;
    private readonly long maxBytes;
    private readonly ILogger logger;
    private readonly FileStream held;
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Copy>> copies = [];

    // From the most to the least recently used.
    private readonly LinkedList<Copy> byUse = [];
    private long bytes;

    private CopyDirectory(string path, long maxBytes, FileStream held, ILogger logger)
    {
        this.path = path;
        this.maxBytes = maxBytes;
        this.held = held;
        this.logger = logger;
    }

    /// <summary>The largest file that is cached, in bytes.</summary>
    public long MaxFileBytes => maxBytes / 2;

    /// <summary>Opens and locks a directory, with the copies of an earlier run, and creates it if it does not exist.</summary>
    /// <exception cref="ConfigurationException">It cannot be created or written, or another process uses it.</exception>
    public static CopyDirectory Take(string path, long maxBytes, ILogger logger)
    {
        path = Path.GetFullPath(path);
        try
        {
            Make(path);
            RequireOurs(path);
            var taken = new CopyDirectory(path, maxBytes, Lock(Path.Combine(path, LockName)), logger);
            taken.Adopt();
            return taken;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                $"Storage:Cache:Directory is {path}, which cannot be used by this service alone: {exception.Message}");
        }
    }

    /// <summary>Whether there is a verified copy.</summary>
    public bool Has(byte[] sha256)
    {
        lock (gate)
        {
            return copies.TryGetValue(NameOf(sha256), out var found) && found.Value.IsVerified;
        }
    }

    /// <summary>Opens a verified copy of the right length; null if there is none.</summary>
    public SafeFileHandle? Open(byte[] sha256, long length)
    {
        var name = NameOf(sha256);
        lock (gate)
        {
            if (!copies.TryGetValue(name, out var found) || !found.Value.IsVerified)
            {
                return null;
            }

            byUse.Remove(found);
            byUse.AddFirst(found);
        }

        return OpenFile(name, length);
    }

    /// <summary>Opens the unverified copy of a file from an earlier run; null if there is none.</summary>
    public SafeFileHandle? OpenUnverified(byte[] sha256, long length)
    {
        var name = NameOf(sha256);
        lock (gate)
        {
            if (!copies.TryGetValue(name, out var found) || found.Value.IsVerified)
            {
                return null;
            }
        }

        return OpenFile(name, length);
    }

    /// <summary>Makes room for a copy and creates a file to write it to.</summary>
    public FileStream Begin(long length)
    {
        MakeRoom(length);
        Make(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, PreallocationSize = length };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OurFile;
        }

        return new FileStream(Path.Combine(path, Guid.NewGuid().ToString("N") + Unfinished), options);
    }

    /// <summary>Makes a written file the verified copy of these bytes.</summary>
    public void Finish(FileStream written, byte[] sha256)
    {
        var (name, length) = (NameOf(sha256), written.Length);
        written.Dispose();
        Make(Path.GetDirectoryName(PathOf(name))!);
        File.Move(written.Name, PathOf(name), overwrite: true);
        Add(name, length, isVerified: true);
    }

    /// <summary>Marks a copy from an earlier run as verified.</summary>
    public void Trust(byte[] sha256, long length) => Add(NameOf(sha256), length, isVerified: true);

    /// <summary>Deletes a copy, if there is one.</summary>
    public void Drop(byte[] sha256) => Drop(NameOf(sha256));

    /// <summary>Releases the directory.</summary>
    public void Dispose() => held.Dispose();

    private static string NameOf(byte[] sha256) => Convert.ToHexStringLower(sha256);

    private static void Make(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OurDirectory);
        }
    }

    private static void RequireOurs(string directory)
    {
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(directory).HasFlag(UnixFileMode.OtherWrite))
        {
            throw new UnauthorizedAccessException("Every user can write to it.");
        }
    }

    private static long Taken(long length) => ((length + BlockBytes - 1) / BlockBytes * BlockBytes) + EntryBytes;

    private static FileStream Lock(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    // Subdirectories by the first byte, since some file systems are slow with many files in one directory.
    private string PathOf(string name) => Path.Combine(path, name[..2], name);

    private SafeFileHandle? OpenFile(string name, long length)
    {
        try
        {
            var file = File.OpenHandle(PathOf(name), share: FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.GetLength(file) == length)
            {
                return file;
            }

            file.Dispose();
            logger.LogWarning("The cached copy {Copy} has been changed; it is deleted.", name);
            Drop(name);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Anybody may delete a copy.
            Drop(name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // For example, too many files are open. The copy may be good.
            logger.LogWarning("The cached copy {Copy} cannot be opened: {Message}", name, exception.Message);
        }

        return null;
    }

    private void Add(string name, long length, bool isVerified)
    {
        lock (gate)
        {
            Forget(name);
            copies.Add(name, byUse.AddFirst(new Copy(name, length, isVerified)));
            bytes += Taken(length);
        }

        MakeRoom(0);
    }

    private void Drop(string name)
    {
        lock (gate)
        {
            Forget(name);
        }

        DeleteFile(name);
    }

    private void MakeRoom(long length)
    {
        while (Oldest(length) is { } copy)
        {
            DeleteFile(copy.Name);
        }
    }

    /// <summary>Removes the least recently used copy from the list if the cache is too large; else returns null.</summary>
    private Copy? Oldest(long length)
    {
        lock (gate)
        {
            if (bytes + (length > 0 ? Taken(length) : 0) <= maxBytes || byUse.Last is not { } last)
            {
                return null;
            }

            Forget(last.Value.Name);
            return last.Value;
        }
    }

    private void Forget(string name)
    {
        if (copies.Remove(name, out var node))
        {
            byUse.Remove(node);
            bytes -= Taken(node.Value.Length);
        }
    }

    private void DeleteFile(string name)
    {
        try
        {
            File.Delete(PathOf(name));
        }
        catch (DirectoryNotFoundException)
        {
            // The directory has been deleted with everything in it.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(exception, "The cached copy {Copy} cannot be deleted.", name);
        }
    }

    /// <summary>Finds the files of an earlier run: its copies and unfinished files.</summary>
    private void Adopt()
    {
        foreach (var unfinished in Directory.EnumerateFiles(path, $"*{Unfinished}").Where(IsUnfinished))
        {
            File.Delete(unfinished);
        }

        var left = Directory.EnumerateDirectories(path)
            .Where(directory => IsHex(Path.GetFileName(directory), 2))
            .SelectMany(Directory.EnumerateFiles)
            .Select(file => new FileInfo(file))
            .Where(file => IsHex(file.Name, 64) && file.FullName == PathOf(file.Name))
            .OrderBy(file => file.LastWriteTimeUtc);
        foreach (var file in left)
        {
            Add(file.Name, file.Length, isVerified: false);
        }
    }

    private static bool IsUnfinished(string file) => IsHex(Path.GetFileNameWithoutExtension(file), 32);

    private static bool IsHex(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);

    /// <param name="Name">The SHA-256 of its bytes, in hex.</param>
    /// <param name="Length">In bytes.</param>
    /// <param name="IsVerified">Whether this process has verified its bytes.</param>
    private sealed record Copy(string Name, long Length, bool IsVerified);
}
