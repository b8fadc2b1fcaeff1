using System.Runtime.CompilerServices;
using Attachments.Application.Persistence;
using Attachments.Domain;
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
        await db.Change(
            async token =>
            {
                var owner = await FindOwner(blob.Id, token);
                if (await db.Blobs.Where(row => row.Id == blob.Id && row.ReleasedAt == null).SingleOrDefaultAsync(token) is { } stored)
                {
                    stored.MarkMissing(since);
                    owner?.NoteContent(stored);
                }

                return owner;
            },
            cancellationToken);
        db.Forget();
    }

    /// <summary>What refers to a blob, with that part loaded, and locked: none of its changes comes between.</summary>
    private async Task<Aggregate?> FindOwner(Guid blobId, CancellationToken cancellationToken)
    {
        var sessions = db.Sessions.Where(session => session.Points.Any(point => point.BlobId == blobId));
        var records = db.Records.Where(record => record.Files.Any(file => file.BlobId == blobId));
        var sets = db.TemporarySets.Where(set => set.EndedAt == null && set.Items.Any(item => item.BlobId == blobId));
        var owned = db.OwnedAttachments.Where(attachment => attachment.BlobId == blobId);
        if (await sessions.ExecuteUpdateAsync(
            update => update.SetProperty(session => session.Revision, session => session.Revision), cancellationToken) > 0)
        {
            return await sessions
                .Include(session => session.Points.Where(point => point.BlobId == blobId))
                .ThenInclude(point => point.Blob)
                .SingleOrDefaultAsync(cancellationToken);
        }

        if (await records.ExecuteUpdateAsync(
            update => update.SetProperty(record => record.Revision, record => record.Revision), cancellationToken) > 0)
        {
            return await records
                .Include(record => record.Files.Where(file => file.BlobId == blobId))
                .ThenInclude(file => file.Blob)
                .SingleOrDefaultAsync(cancellationToken);
        }

        if (await sets.ExecuteUpdateAsync(
            update => update.SetProperty(set => set.Revision, set => set.Revision), cancellationToken) > 0)
        {
            return await sets
                .Include(set => set.Items.Where(item => item.BlobId == blobId))
                .ThenInclude(item => item.Blob)
                .SingleOrDefaultAsync(cancellationToken);
        }

        return await owned.ExecuteUpdateAsync(
            update => update.SetProperty(attachment => attachment.Revision, attachment => attachment.Revision), cancellationToken) > 0
                ? await owned.Include(attachment => attachment.Blob).SingleOrDefaultAsync(cancellationToken)
                : null;
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
