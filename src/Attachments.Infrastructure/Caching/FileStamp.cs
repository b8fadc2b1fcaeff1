using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Attachments.Infrastructure.Caching;

/// <summary>
/// The file system's data about a file. They change when its bytes are written or another file takes its place. Reading them is one call,
/// so the bytes need not be read.
/// </summary>
/// <param name="Length">In bytes.</param>
/// <param name="Written">The time of the last write, which a program can set.</param>
/// <param name="Changed">
/// The time of the last change of any kind, which no program can set; if the system does not provide it, the time of creation.
/// </param>
/// <param name="Number">The file's number on its disk; 0 if the system does not provide it.</param>
internal readonly record struct FileStamp(long Length, DateTime Written, (long Seconds, uint Nanoseconds) Changed, ulong Number)
{
    // From linux/stat.h, and the same on every processor.
    private const int EmptyPath = 0x1000;
    private const uint ChangeTimeAndNumber = 0x80 | 0x100;
    private const int Bytes = 256;
    private const int NumberAt = 32;
    private const int ChangedAt = 96;

    public static FileStamp Read(SafeFileHandle file)
    {
        var (length, written) = (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
        var status = new byte[Bytes];
        return OperatingSystem.IsLinux() && Statx(file, [0], EmptyPath, ChangeTimeAndNumber, status) == 0
            ? new FileStamp(
                length,
                written,
                (BitConverter.ToInt64(status, ChangedAt), BitConverter.ToUInt32(status, ChangedAt + sizeof(long))),
                BitConverter.ToUInt64(status, NumberAt))
            : new FileStamp(length, written, (File.GetCreationTimeUtc(file).Ticks, 0), 0);
    }

    /// <summary>.NET tells neither the time of the last change nor the number.</summary>
    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(SafeFileHandle file, byte[] path, int flags, uint mask, byte[] status);
}
