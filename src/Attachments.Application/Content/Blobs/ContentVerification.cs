using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Content.Blobs;

/// <summary>
/// Reads every stored blob again and compares it with its length and digests. Marks blobs whose bytes are missing, so that downloads are
/// answered 410, and removes the mark when the bytes are found again.
/// </summary>
public sealed class ContentVerification(IAttachmentsDb db, IBlobStore store, TimeProvider time)
{
    private const int PageSize = 500;

    /// <summary>
    /// One finding for each blob that is not released, in the order of their ids. Memory use does not depend on their number or size.
    /// </summary>
    public async IAsyncEnumerable<BlobFinding> Verify([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[BlobReader.LargePieceBytes];
        for (var last = Guid.Empty; ;)
        {
            var page = await Live(db.Blobs.AsNoTracking())
                .Where(blob => blob.Id > last)
                .OrderBy(blob => blob.Id)
                .Take(PageSize)
                .ToListAsync(cancellationToken);
            if (page.Count == 0)
            {
                yield break;
            }

            foreach (var blob in page)
            {
                var fault = await Check(blob, buffer, cancellationToken);
                await Mark(blob, fault, cancellationToken);
                yield return new BlobFinding(blob.Id, blob.Length, fault);
            }

            last = page[^1].Id;
        }
    }

    private static IQueryable<Blob> Live(IQueryable<Blob> blobs) =>
        blobs.Where(blob => blob.State == BlobState.Stored && blob.ReleasedAt == null);

    private async Task Mark(Blob blob, BlobFault fault, CancellationToken cancellationToken)
    {
        var isMissing = fault == BlobFault.Missing;
        if (isMissing == blob.MissingSince is not null)
        {
            return;
        }

        var since = isMissing ? time.GetUtcNow() : (DateTimeOffset?)null;
        await Live(db.Blobs)
            .Where(row => row.Id == blob.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.MissingSince, since), cancellationToken);
    }

    private async Task<BlobFault> Check(Blob blob, byte[] buffer, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var length = 0L;
        try
        {
            int read;
            do
            {
                read = await store.Read(blob.Id, length, buffer, cancellationToken);
                sha256.AppendData(buffer, 0, read);
                md5.AppendData(buffer, 0, read);
                length += read;
            }
            while (read > 0);
        }
        catch (BlobGoneException)
        {
            // The blob may have been released and reclaimed since the page was read. That is not a fault.
            return await Live(db.Blobs).AnyAsync(row => row.Id == blob.Id, cancellationToken) ? BlobFault.Missing : BlobFault.None;
        }
        catch (Exception exception) when (exception is BlobDamagedException or BlobRefusedException)
        {
            return BlobFault.Damaged;
        }

        return length == blob.Length
            && sha256.GetHashAndReset().AsSpan().SequenceEqual(blob.Sha256)
            && md5.GetHashAndReset().AsSpan().SequenceEqual(blob.Md5)
                ? BlobFault.None
                : BlobFault.Differs;
    }
}

/// <summary>The result for one blob.</summary>
/// <param name="BlobId">The blob.</param>
/// <param name="Length">The expected length, in bytes.</param>
/// <param name="Fault">The fault, if any.</param>
public sealed record BlobFinding(Guid BlobId, long Length, BlobFault Fault);

/// <summary>The faults of a blob.</summary>
public enum BlobFault
{
    None,

    /// <summary>Its bytes are not there.</summary>
    Missing,

    /// <summary>Its bytes cannot be read, or their store refuses them.</summary>
    Damaged,

    /// <summary>Its bytes have another length or another digest than when they were stored.</summary>
    Differs,
}
