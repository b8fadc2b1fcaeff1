using Microsoft.Win32.SafeHandles;

namespace Attachments.Infrastructure.Caching;

/// <summary>
/// What the file system knows of a file, and changes when its bytes are written or another file takes its place. Asking for it costs two
/// calls; reading the bytes costs all of them.
/// </summary>
internal readonly record struct FileStamp(long Length, DateTime Written, DateTime Created)
{
    public static FileStamp Of(SafeFileHandle file) =>
        new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file), File.GetCreationTimeUtc(file));
}
