using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Microsoft.Win32.SafeHandles;

namespace Attachments.Infrastructure.BlobStores.Directories;

/// <summary>
/// The directory with one file per blob, named by the blob's id alone and two levels deep. A file that is being written has another name
/// than one that is whole. Only the service's account can read either. A failure is an <see cref="UnavailableException"/>.
/// </summary>
public sealed class BlobDirectory
{
    /// <summary>The length of a piece, in bytes.</summary>
    public const int PieceBytes = 1 << 20;

    internal const string MarkerName = ".owner";

    private const string PendingSuffix = ".part";

    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode OwnerOnlyDirectory = OwnerOnlyFile | UnixFileMode.UserExecute;

    private const FileShare Anything = FileShare.ReadWrite | FileShare.Delete;

    /// <summary>How long one waits who finds a file locked: for the piece that another request is writing.</summary>
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(5);

    private readonly string marker;

    // Whether the name of a directory of the first or the second level is known to be on disk: made by this process or found by it.
    private readonly bool[] isFirstDurable = new bool[1 << 8];
    private readonly bool[] isSecondDurable = new bool[1 << 16];

    public BlobDirectory(string path)
    {
        Root = Path.GetFullPath(path);
        marker = Path.Combine(Root, MarkerName);
    }

    /// <summary>Its absolute path.</summary>
    public string Root { get; }

    /// <summary>Checks that the directory can be used.</summary>
    /// <exception cref="ConfigurationException">It is not there, is everybody's, or cannot be written.</exception>
    internal void RequireUsable()
    {
        try
        {
            if (!Directory.Exists(Root))
            {
                throw new DirectoryNotFoundException("There is no such directory.");
            }

            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(Root).HasFlag(UnixFileMode.OtherWrite))
            {
                throw new UnauthorizedAccessException("Every user can write to it.");
            }

            Probe();
        }
        catch (Exception exception) when (DirectoryFailures.IsFailure(exception))
        {
            throw new ConfigurationException($"Storage:Directory:Path is {Root}, which cannot be used: {exception.Message}");
        }
    }

    /// <summary>Writes to the directory and deletes what was written.</summary>
    internal void Probe()
    {
        var probe = Path.Combine(Root, $".probe-{Guid.NewGuid():N}");
        using (CreateFile(probe, FileMode.CreateNew))
        {
        }

        File.Delete(probe);
    }

    /// <summary>Requires that the directory is the one with the owner's marker, and not the empty place of a volume that is not mounted.</summary>
    internal void RequireMounted()
    {
        if (!File.Exists(marker))
        {
            throw new DirectoryNotFoundException($"There is no owner marker in '{Root}'; its volume may not be mounted.");
        }
    }

    /// <summary>Creates the file of a blob that is to be written, with the directories for it. One that is there is emptied.</summary>
    internal FileStream Create(Guid blobId) => Create(blobId, FileMode.Create);

    /// <summary>Opens the file of a blob that is being written; null if there is none.</summary>
    internal FileStream? OpenPending(Guid blobId, FileShare share = Anything)
    {
        try
        {
            return new FileStream(GetPath(blobId) + PendingSuffix, FileMode.Open, FileAccess.ReadWrite, share, bufferSize: 0);
        }
        catch (Exception exception) when (DirectoryFailures.IsNotFound(exception))
        {
            RequireMounted();
            return null;
        }
    }

    /// <summary>
    /// As <see cref="OpenPending"/>, for one writer at a time in any process: what another is writing is waited for. Closing the file, or the
    /// end of the process, ends the lock.
    /// </summary>
    /// <param name="blobId">The blob.</param>
    /// <param name="create">Whether the file is created if it is not there.</param>
    internal async Task<FileStream?> Lock(Guid blobId, bool create)
    {
        for (var until = DateTime.UtcNow + LockTimeout; ;)
        {
            try
            {
                return OpenPending(blobId, FileShare.None) ?? (create ? CreateUnlessThere(blobId) : null);
            }
            catch (IOException exception) when (DirectoryFailures.IsLocked(exception) && DateTime.UtcNow < until)
            {
                await Task.Delay(BetweenAttempts);
            }
        }
    }

    /// <summary>Writes to a file.</summary>
    internal static void Write(SafeFileHandle file, long offset, ReadOnlyMemory<byte> content)
    {
        try
        {
            RandomAccess.Write(file, content.Span, offset);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            // What .NET makes of EFBIG.
            throw new IOException("The file is larger than the file system or a limit allows.", exception) { HResult = 27 };
        }

        if (content.Length >= PieceBytes)
        {
            FileSystem.StartWriteback(file, offset, content.Length);
        }
    }

    /// <summary>Makes the bytes of a file durable.</summary>
    /// <exception cref="BytesLostException">The system has dropped some of them, and would not say so if it was asked again.</exception>
    internal static void Sync(SafeFileHandle file)
    {
        try
        {
            RandomAccess.FlushToDisk(file);
        }
        catch (Exception exception) when (DirectoryFailures.IsFailure(exception))
        {
            throw new BytesLostException(exception);
        }
    }

    /// <summary>Makes the name of a file durable, and those of the directories that it is in.</summary>
    /// <exception cref="BytesLostException">As for <see cref="Sync"/>.</exception>
    internal void SyncName(Guid blobId)
    {
        try
        {
            SyncNames(blobId);
        }
        catch (Exception exception) when (DirectoryFailures.IsFailure(exception))
        {
            throw new BytesLostException(exception);
        }
    }

    private void SyncNames(Guid blobId)
    {
        var (first, second) = GetFanOut(blobId);
        var (firstPath, secondPath) = GetDirectories(blobId);
        FileSystem.Sync(secondPath);
        if (!isSecondDurable[second])
        {
            FileSystem.Sync(firstPath);
            if (!isFirstDurable[first])
            {
                FileSystem.Sync(Root);
            }

            isFirstDurable[first] = true;
            isSecondDurable[second] = true;
        }
    }

    /// <summary>Gives a file that is written its final name. Everything is durable on return. It can be repeated.</summary>
    /// <param name="blobId">The blob.</param>
    /// <param name="pending">The file, which stays open; null if there is none of that name any more.</param>
    /// <param name="length">Of the blob. What the file has past it never counted.</param>
    /// <returns>False: the file is not there, or is shorter.</returns>
    internal bool Complete(Guid blobId, FileStream? pending, long length)
    {
        if (pending is not null)
        {
            if (pending.Length < length)
            {
                return false;
            }

            if (pending.Length > length)
            {
                pending.SetLength(length);
            }

            Sync(pending.SafeFileHandle);
            if (!TryRename(blobId))
            {
                return false;
            }
        }
        else if (GetLength(blobId) != length)
        {
            return false;
        }

        SyncName(blobId);
        return true;
    }

    /// <summary>Opens the whole file of a blob; null if it cannot be opened.</summary>
    internal SafeFileHandle? TryOpen(Guid blobId)
    {
        try
        {
            return File.OpenHandle(GetPath(blobId), share: Anything, options: FileOptions.SequentialScan);
        }
        catch (Exception exception) when (DirectoryFailures.IsFailure(exception))
        {
            return null;
        }
    }

    /// <summary>Reads from <paramref name="offset"/> on, until the buffer is full or the file ends.</summary>
    /// <returns>How much was read; null if there is no file, whole or being written.</returns>
    internal async Task<int?> Read(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            using var file = OpenAny(blobId);
            if (file is null)
            {
                RequireMounted();
                return null;
            }

            var read = 0;
            while (read < buffer.Length)
            {
                var more = await RandomAccess.ReadAsync(file, buffer[read..], offset + read, cancellationToken);
                if (more == 0)
                {
                    break;
                }

                read += more;
            }

            return read;
        }
        catch (Exception exception) when (DirectoryFailures.IsFailure(exception))
        {
            throw Translate(blobId, exception);
        }
    }

    /// <returns>The length of a whole file, in bytes; null if there is none.</returns>
    internal long? GetLength(Guid blobId)
    {
        var file = new FileInfo(GetPath(blobId));
        if (file.Exists)
        {
            return file.Length;
        }

        RequireMounted();
        return null;
    }

    /// <summary>Deletes files, whether or not they are there, in whichever state. It is durable on return.</summary>
    /// <exception cref="BlobRefusedException">Names those that are still there; all the others are deleted.</exception>
    internal void Delete(IReadOnlyCollection<Guid> blobIds, CancellationToken cancellationToken)
    {
        var refused = new Dictionary<Guid, Exception>();
        foreach (var blobId in blobIds)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Delete(blobId);
            }
            catch (Exception exception) when (DirectoryFailures.IsFailure(exception))
            {
                if (!File.Exists(marker))
                {
                    throw DirectoryFailures.Unavailable(exception);
                }

                refused.Add(blobId, exception);
            }
        }

        foreach (var directory in blobIds.Except(refused.Keys).Select(blobId => GetDirectories(blobId).Second).Distinct())
        {
            if (Directory.Exists(directory))
            {
                FileSystem.Sync(directory);
            }
        }

        if (refused.Count > 0)
        {
            throw new BlobRefusedException(refused.Keys, refused.Values.First());
        }
    }

    /// <summary>Writes a file of the directory itself: all of it, or nothing.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">Its content.</param>
    /// <param name="replace">Whether one that is there is replaced; otherwise it stays.</param>
    internal void WriteText(string name, string text, bool replace)
    {
        var written = Path.Combine(Root, $".{Guid.NewGuid():N}{PendingSuffix}");
        try
        {
            using (var file = CreateFile(written, FileMode.CreateNew))
            using (var writer = new StreamWriter(file))
            {
                writer.Write(text);
                writer.Flush();
                Sync(file.SafeFileHandle);
            }

            File.Move(written, Path.Combine(Root, name), replace);
        }
        catch (IOException) when (!replace && File.Exists(Path.Combine(Root, name)))
        {
        }
        finally
        {
            File.Delete(written);
        }

        FileSystem.Sync(Root);
    }

    /// <returns>The content of a file of the directory itself; null if there is none.</returns>
    internal string? ReadText(string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(Root, name));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <returns>False: the sweeper has deleted the file.</returns>
    private bool TryRename(Guid blobId)
    {
        try
        {
            File.Move(GetPath(blobId) + PendingSuffix, GetPath(blobId), overwrite: true);
            return true;
        }
        catch (Exception exception) when (DirectoryFailures.IsNotFound(exception))
        {
            RequireMounted();
            return false;
        }
    }

    private Exception Translate(Guid blobId, Exception exception) =>
        File.Exists(marker) ? DirectoryFailures.OfFile(blobId, exception) : DirectoryFailures.Unavailable(exception);

    private FileStream Create(Guid blobId, FileMode mode)
    {
        var path = GetPath(blobId) + PendingSuffix;
        try
        {
            return CreateFile(path, mode);
        }
        catch (DirectoryNotFoundException)
        {
            RequireMounted();
            var (first, second) = GetDirectories(blobId);
            CreateDirectory(first);
            CreateDirectory(second);
            return CreateFile(path, mode);
        }
    }

    private FileStream? CreateUnlessThere(Guid blobId)
    {
        // Who creates it does not lock it at once, so it is opened again like any other.
        Create(blobId, FileMode.OpenOrCreate).Dispose();
        return OpenPending(blobId, FileShare.None);
    }

    private SafeFileHandle? OpenAny(Guid blobId) => Open(GetPath(blobId)) ?? Open(GetPath(blobId) + PendingSuffix) ?? Open(GetPath(blobId));

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(path, share: Anything);
        }
        catch (Exception exception) when (DirectoryFailures.IsNotFound(exception))
        {
            return null;
        }
    }

    // In this order: one that is being given its final name is then deleted under the one or the other.
    private void Delete(Guid blobId)
    {
        try
        {
            File.Delete(GetPath(blobId) + PendingSuffix);
            File.Delete(GetPath(blobId));
        }
        catch (DirectoryNotFoundException)
        {
            RequireMounted();
        }
    }

    private static FileStream CreateFile(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = Anything, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnlyFile;
        }

        return new FileStream(path, options);
    }

    private static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnlyDirectory);
        }
    }

    private string GetPath(Guid blobId) => Path.Combine(GetDirectories(blobId).Second, blobId.ToString());

    private (string First, string Second) GetDirectories(Guid blobId)
    {
        var (first, second) = GetFanOut(blobId);
        var path = Path.Combine(Root, Convert.ToHexStringLower([(byte)first]));
        return (path, Path.Combine(path, Convert.ToHexStringLower([(byte)second])));
    }

    // The last bytes of an id are random; the first are a time, which would lead to the same directory for hours.
    private static (int First, int Second) GetFanOut(Guid blobId)
    {
        Span<byte> bytes = stackalloc byte[16];
        blobId.TryWriteBytes(bytes);
        return (bytes[15], (bytes[15] << 8) | bytes[14]);
    }
}

/// <summary>The operating system could not write bytes to disk that it had taken, and has dropped them.</summary>
internal sealed class BytesLostException : IOException
{
    public BytesLostException(Exception cause)
        : base($"Bytes were lost: {cause.Message}", cause) => HResult = cause.HResult;
}
