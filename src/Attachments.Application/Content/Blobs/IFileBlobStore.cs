using Microsoft.Win32.SafeHandles;

namespace Attachments.Application.Content.Blobs;

/// <summary>
/// An optional ability of a store that keeps bytes in files: they are sent straight from there, without asking the database for each piece.
/// </summary>
public interface IFileBlobStore
{
    /// <summary>Opens the file of a stored blob for reading.</summary>
    /// <returns>Null: it cannot be opened; <see cref="IBlobStore.Read"/> tells why.</returns>
    SafeFileHandle? Open(Guid blobId);
}
