using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Attachments.Infrastructure.BlobStores.Directories;

/// <summary>The calls to a POSIX file system that .NET does not make.</summary>
internal static class FileSystem
{
    private const int ReadOnly = 0;

    private const int InterruptedCall = 4;

    // Linux only: starts to write dirty pages, and waits for none.
    private const uint StartWriting = 2;

    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x100_0000 : 0x8_0000;

    /// <summary>
    /// Makes the names in a directory durable: of files created, renamed or deleted there. .NET can flush a file and cannot open a directory.
    /// </summary>
    /// <exception cref="IOException">It is not there, or the disk failed.</exception>
    public static void Sync(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var opened = Open(Encoding.UTF8.GetBytes($"{directory}\0"), ReadOnly | CloseOnExec);
        if (opened.IsInvalid)
        {
            throw Failure(directory);
        }

        while (Fsync(opened) != 0)
        {
            if (Marshal.GetLastPInvokeError() != InterruptedCall)
            {
                throw Failure(directory);
            }
        }
    }

    /// <summary>Starts to write to disk what was written to a file, so that less is left to be waited for at its end.</summary>
    public static void StartWriteback(SafeFileHandle file, long offset, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            // Where the file system cannot do it, nothing is lost.
            _ = SyncFileRange(file, offset, length, StartWriting);
        }
    }

    private static IOException Failure(string directory)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{directory}'", error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);
}
