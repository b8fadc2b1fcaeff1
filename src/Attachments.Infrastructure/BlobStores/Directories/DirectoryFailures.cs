using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;

namespace Attachments.Infrastructure.BlobStores.Directories;

/// <summary>Classifies the failures of a file system.</summary>
internal static class DirectoryFailures
{
    // errno, which .NET keeps in HResult where it has no exception of its own: EIO, EBADMSG, EUCLEAN.
    private static readonly int[] Damage = [5, 74, 117];

    // ENOSPC, EFBIG, EDQUOT on Linux and on macOS.
    private static readonly int[] Full = [28, 27, 122, 69];

    // EAGAIN on Linux and on macOS: another holds the lock of the file.
    private static readonly int[] Locked = [11, 35];

    public static bool IsFailure(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>There is no such file, or no directory for it yet.</summary>
    public static bool IsNotFound(Exception exception) => exception is FileNotFoundException or DirectoryNotFoundException;

    public static bool IsLocked(IOException exception) => Locked.Contains(exception.HResult);

    /// <summary>Whether the bytes of a file are there but cannot be read.</summary>
    public static bool IsDamage(Exception exception) => exception is IOException && Damage.Contains(exception.HResult);

    /// <summary>Translates a failure into the application's exception.</summary>
    public static UnavailableException Unavailable(Exception exception) => new(
        "store_unavailable",
        Full.Contains(exception.HResult)
            ? "The file store has no space left; try again later."
            : "The file store is temporarily unavailable; try again.",
        exception);

    /// <summary>Acts on a thread of the pool, since calls to a file system wait, and translates the failures.</summary>
    public static async Task<T> Act<T>(Func<T> act)
    {
        try
        {
            return await Task.Run(act);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            throw Unavailable(exception);
        }
    }

    /// <inheritdoc cref="Act{T}(Func{T})"/>
    public static Task Act(Action act) => Act(() =>
    {
        act();
        return true;
    });

    /// <summary>
    /// Translates the failure of one file in a directory that is there: other files may be read and deleted.
    /// </summary>
    public static Exception OfFile(Guid blobId, Exception exception) => exception switch
    {
        UnauthorizedAccessException => new BlobRefusedException([blobId], exception),
        _ when IsDamage(exception) => new BlobDamagedException(blobId, exception),
        _ => Unavailable(exception),
    };
}
