using Attachments.Application.Settings;
using Attachments.Domain.Content;

namespace Attachments.Application.Content.Downloads;

/// <summary>The metadata of a file that a download needs before the first byte is read.</summary>
/// <param name="BlobId">The blob that holds its bytes.</param>
/// <param name="FileName">The name that a download suggests.</param>
/// <param name="MediaType">The type to serve it under.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Md5">16 bytes.</param>
/// <param name="Sha256">32 bytes; in lower-case hex it is the entity tag.</param>
/// <param name="StoredAt">The Last-Modified date, before truncation to whole seconds.</param>
/// <param name="Sha512">64 bytes; null if the client did not send it with the upload.</param>
public sealed record StoredFile(
    Guid BlobId, FileName FileName, string MediaType, long Length, byte[] Md5, byte[] Sha256, DateTimeOffset StoredAt,
    byte[]? Sha512 = null)
{
    /// <summary>All bytes, if the query returned them; otherwise null.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Whether the bytes are known to be missing.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Whether its bytes are in a file of their own (<see cref="Blobs.IFileBlobStore"/>).</summary>
    public bool IsInDirectory { get; init; }

    /// <summary>The request that it answers, by value; null if the client is not likely to want all bytes.</summary>
    public object? Request { get; init; }

    /// <summary>The file that a stored blob holds.</summary>
    public static StoredFile From(Blob blob, FileName fileName) =>
        new(blob.Id, fileName, blob.MediaType, blob.Length, blob.Md5!, blob.Sha256!, blob.StoredAt!.Value, blob.Sha512)
        {
            IsMissing = blob.MissingSince is not null,
            IsInDirectory = blob.Store == (short)StorageProvider.Directory,
        };
}
