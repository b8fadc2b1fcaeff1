using Attachments.Application.Errors;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Attachments.Infrastructure.Caching;

/// <summary>
/// A directory of cached copies, each named by the SHA-256 of its bytes. Its size is bounded: the least recently used copies are deleted. A
/// copy must be verified before it is used if an earlier process left it, if it was modified, or if it was last verified long ago, since
/// disks lose bytes silently. One process owns the directory and locks it.
/// </summary>
internal sealed class CacheDirectory : IDisposable
{
    private const string LockName = "lock";
    private const string PartialSuffix = ".part";
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyDirectory = OwnerOnlyFile | UnixFileMode.UserExecute;

    // The overhead of a file: a part of a disk block, and its entries on the disk and in memory.
    private const int BlockBytes = 4096;
    private const int EntryBytes = 512;

    /// <summary>The time for which a verified copy is trusted.</summary>
    private static readonly TimeSpan TrustDuration = TimeSpan.FromDays(1);

    private readonly string path;
    private readonly long maxBytes;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly FileStream lockFile;
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> entries = [];

    // From the most to the least recently used.
    private readonly LinkedList<Entry> byUse = [];
    private long bytes;

    private CacheDirectory(string path, long maxBytes, FileStream lockFile, TimeProvider time, ILogger logger)
    {
        this.path = path;
        this.maxBytes = maxBytes;
        this.lockFile = lockFile;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>The largest file that is cached, in bytes.</summary>
    public long MaxFileBytes => maxBytes / 2;

    /// <summary>Takes a directory, which is made where it is missing, with what an earlier run has left in it.</summary>
    /// <exception cref="ConfigurationException">It cannot be made or written, or another process has it.</exception>
    public static CacheDirectory Acquire(string path, long maxBytes, TimeProvider time, ILogger logger)
    {
        path = Path.GetFullPath(path);
        try
        {
            EnsureDirectory(path);
            RequirePrivate(path);
            var directory = new CacheDirectory(path, maxBytes, Lock(Path.Combine(path, LockName)), time, logger);
            directory.LoadExisting();
            return directory;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                $"Storage:Cache:Directory is {path}, which cannot be used by this service alone: {exception.Message}");
        }
    }

    /// <summary>Whether there is a verified copy.</summary>
    public bool Contains(byte[] sha256)
    {
        lock (gate)
        {
            return entries.TryGetValue(ToFileName(sha256), out var found) && IsTrusted(found.Value);
        }
    }

    /// <summary>Opens a copy that is unchanged since it was verified; null if there is none.</summary>
    public SafeFileHandle? Open(byte[] sha256, long length)
    {
        var name = ToFileName(sha256);
        FileStamp compared;
        lock (gate)
        {
            if (!entries.TryGetValue(name, out var found) || !IsTrusted(found.Value))
            {
                return null;
            }

            compared = found.Value.Verified!.Value;
            byUse.Remove(found);
            byUse.AddFirst(found);
        }

        if (OpenFile(name, length) is not { } file)
        {
            return null;
        }

        if (FileStamp.Read(file) == compared)
        {
            return file;
        }

        file.Dispose();
        logger.LogWarning("The cached copy {Copy} was modified; it is verified before it is used again.", name);
        Add(name, length, compared: null);
        return null;
    }

    /// <summary>Opens a copy that must be verified first; null if there is none.</summary>
    public SafeFileHandle? OpenUnverified(byte[] sha256, long length)
    {
        var name = ToFileName(sha256);
        lock (gate)
        {
            if (!entries.TryGetValue(name, out var found) || IsTrusted(found.Value))
            {
                return null;
            }
        }

        return OpenFile(name, length);
    }

    /// <summary>Makes room for a copy and creates a file to write it to.</summary>
    public FileStream BeginWrite(long length)
    {
        MakeRoom(length);
        EnsureDirectory(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Delete,
            BufferSize = 0,
            PreallocationSize = length,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnlyFile;
        }

        return new FileStream(Path.Combine(path, Guid.NewGuid().ToString("N") + PartialSuffix), options);
    }

    /// <summary>Makes a written file the verified copy of these bytes.</summary>
    public void CompleteWrite(FileStream written, byte[] sha256)
    {
        var name = ToFileName(sha256);
        EnsureDirectory(Path.GetDirectoryName(GetPath(name))!);
        File.Move(written.Name, GetPath(name), overwrite: true);

        // The name is a change too.
        var compared = FileStamp.Read(written.SafeFileHandle);
        written.Dispose();
        Add(name, compared.Length, compared);
    }

    /// <summary>A copy has been read, and is what its name says.</summary>
    /// <param name="sha256">Of which bytes.</param>
    /// <param name="compared">As it was before it was read.</param>
    public void MarkVerified(byte[] sha256, FileStamp compared) => Add(ToFileName(sha256), compared.Length, compared);

    /// <summary>Deletes a copy, if there is one.</summary>
    public void Remove(byte[] sha256) => Remove(ToFileName(sha256));

    /// <summary>Releases the directory.</summary>
    public void Dispose() => lockFile.Dispose();

    private static string ToFileName(byte[] sha256) => Convert.ToHexStringLower(sha256);

    private static void EnsureDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OwnerOnlyDirectory);
        }
    }

    private static void RequirePrivate(string directory)
    {
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(directory).HasFlag(UnixFileMode.OtherWrite))
        {
            throw new UnauthorizedAccessException("Every user can write to it.");
        }
    }

    private static long DiskUsage(long length) => ((length + BlockBytes - 1) / BlockBytes * BlockBytes) + EntryBytes;

    private static FileStream Lock(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    // Subdirectories by the first byte, since some file systems are slow with many files in one directory.
    private string GetPath(string name) => Path.Combine(path, name[..2], name);

    private SafeFileHandle? OpenFile(string name, long length)
    {
        try
        {
            var file = File.OpenHandle(GetPath(name), share: FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.GetLength(file) == length)
            {
                return file;
            }

            file.Dispose();
            logger.LogWarning("The cached copy {Copy} has been changed; it is deleted.", name);
            Remove(name);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Anybody may delete a copy.
            Remove(name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // For example, too many files are open. The copy may be good.
            logger.LogWarning("The cached copy {Copy} cannot be opened: {Message}", name, exception.Message);
        }

        return null;
    }

    private bool IsTrusted(Entry copy) => copy.Verified is not null && time.GetElapsedTime(copy.VerifiedAt) < TrustDuration;

    private void Add(string name, long length, FileStamp? compared)
    {
        lock (gate)
        {
            RemoveEntry(name);
            entries.Add(name, byUse.AddFirst(new Entry(name, length, compared, time.GetTimestamp())));
            bytes += DiskUsage(length);
        }

        MakeRoom(0);
    }

    private void Remove(string name)
    {
        lock (gate)
        {
            RemoveEntry(name);
        }

        DeleteFile(name);
    }

    private void MakeRoom(long length)
    {
        while (TakeOldest(length) is { } copy)
        {
            DeleteFile(copy.Name);
        }
    }

    /// <summary>Removes the least recently used copy from the list if the cache is too large; else returns null.</summary>
    private Entry? TakeOldest(long length)
    {
        lock (gate)
        {
            if (bytes + (length > 0 ? DiskUsage(length) : 0) <= maxBytes || byUse.Last is not { } last)
            {
                return null;
            }

            RemoveEntry(last.Value.Name);
            return last.Value;
        }
    }

    private void RemoveEntry(string name)
    {
        if (entries.Remove(name, out var node))
        {
            byUse.Remove(node);
            bytes -= DiskUsage(node.Value.Length);
        }
    }

    private void DeleteFile(string name)
    {
        try
        {
            File.Delete(GetPath(name));
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
    private void LoadExisting()
    {
        foreach (var unfinished in Directory.EnumerateFiles(path, $"*{PartialSuffix}").Where(IsPartial))
        {
            File.Delete(unfinished);
        }

        var files = Directory.EnumerateDirectories(path)
            .Where(directory => IsHex(Path.GetFileName(directory), 2))
            .SelectMany(Directory.EnumerateFiles)
            .Select(file => new FileInfo(file))
            .Where(file => IsHex(file.Name, 64) && file.FullName == GetPath(file.Name))
            .OrderBy(file => file.LastWriteTimeUtc);
        foreach (var file in files)
        {
            Add(file.Name, file.Length, compared: null);
        }
    }

    private static bool IsPartial(string file) => IsHex(Path.GetFileNameWithoutExtension(file), 32);

    private static bool IsHex(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);

    /// <param name="Name">The SHA-256 of its bytes, in hex.</param>
    /// <param name="Length">In bytes.</param>
    /// <param name="Verified">As it was when this process compared its bytes with their digest; null: it has not.</param>
    /// <param name="VerifiedAt">When that was, as a timestamp.</param>
    private sealed record Entry(string Name, long Length, FileStamp? Verified, long VerifiedAt);
}
