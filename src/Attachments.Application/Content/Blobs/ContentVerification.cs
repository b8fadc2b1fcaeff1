using System.Runtime.CompilerServices;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Content.Blobs;

/// <summary>
/// Reads every stored blob again and compares it with its length and digests. Marks blobs whose bytes are missing, so that downloads are
/// answered 410, and removes the mark when the bytes are found again.
/// </summary>
public sealed class ContentVerification(IAttachmentsDb db, ContentCheck check, TimeProvider time)
{
    private const int PageSize = 500;

    /// <summary>
    /// One finding for each blob that is not released, in the order of their ids. Memory use does not depend on their number or size.
    /// </summary>
    public async IAsyncEnumerable<BlobFinding> Verify([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = ContentCheck.CreateBuffer();
        for (var last = Guid.Empty; ;)
        {
            var page = await ContentCheck.Live(db.Blobs.AsNoTracking())
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
                var (fault, _) = await check.Check(blob, buffer, cancellationToken);
                await Mark(blob, fault, cancellationToken);
                yield return new BlobFinding(blob.Id, blob.Length, fault);
            }

            last = page[^1].Id;
        }
    }

    private async Task Mark(Blob blob, BlobFault fault, CancellationToken cancellationToken)
    {
        var isMissing = fault == BlobFault.Missing;
        if (isMissing == blob.MissingSince is not null)
        {
            return;
        }

        var since = isMissing ? time.GetUtcNow() : (DateTimeOffset?)null;
        await ContentCheck.Live(db.Blobs)
            .Where(row => row.Id == blob.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.MissingSince, since), cancellationToken);
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
