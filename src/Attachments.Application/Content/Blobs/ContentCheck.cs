using System.IO.Hashing;
using System.Security.Cryptography;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Content.Blobs;

/// <summary>
/// Reads a stored blob to its end and compares it with its length and digests. A blob from before CRC-32 was computed on upload gets it
/// here, if its bytes are right.
/// </summary>
public sealed class ContentCheck(IAttachmentsDb db, IBlobStore store)
{
    /// <summary>Stored blobs that something refers to.</summary>
    public static IQueryable<Blob> Live(IQueryable<Blob> blobs) =>
        blobs.Where(blob => blob.State == BlobState.Stored && blob.ReleasedAt == null);

    /// <summary>Memory for <see cref="Check"/>, for one check at a time.</summary>
    public static byte[] CreateBuffer() => new byte[BlobReader.LargePieceBytes];

    /// <summary>Checks one blob.</summary>
    public async Task<CheckedBlob> Check(Blob blob, byte[] buffer, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var crc32 = new Crc32();
        var length = 0L;
        try
        {
            int read;
            do
            {
                read = await store.Read(blob.Id, length, buffer, cancellationToken);
                var bytes = buffer.AsSpan(0, read);
                sha256.AppendData(bytes);
                md5.AppendData(bytes);
                crc32.Append(bytes);
                length += read;
            }
            while (read > 0);
        }
        catch (BlobGoneException)
        {
            // The blob may have been released and reclaimed since it was found. That is not a fault.
            return new CheckedBlob(
                await Live(db.Blobs).AnyAsync(row => row.Id == blob.Id, cancellationToken) ? BlobFault.Missing : BlobFault.None, null);
        }
        catch (Exception exception) when (exception is BlobDamagedException or BlobRefusedException)
        {
            return new CheckedBlob(BlobFault.Damaged, null);
        }

        if (length != blob.Length
            || !sha256.GetHashAndReset().AsSpan().SequenceEqual(blob.Sha256)
            || !md5.GetHashAndReset().AsSpan().SequenceEqual(blob.Md5))
        {
            return new CheckedBlob(BlobFault.Differs, null);
        }

        var checksum = crc32.GetCurrentHashAsUInt32();
        if (blob.Crc32 is null)
        {
            await db.Blobs
                .Where(row => row.Id == blob.Id && row.Crc32 == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Crc32, checksum), cancellationToken);
        }

        return new CheckedBlob(blob.Crc32 is { } known && known != checksum ? BlobFault.Differs : BlobFault.None, checksum);
    }
}

/// <summary>The result of a check.</summary>
/// <param name="Fault">The fault, if any.</param>
/// <param name="Crc32">Of all bytes; null if they are not there, or not right.</param>
public readonly record struct CheckedBlob(BlobFault Fault, uint? Crc32);
