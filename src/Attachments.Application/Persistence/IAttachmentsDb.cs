using System.Data.Common;
using Attachments.Application.Errors;
using Attachments.Domain.Changes;
using Attachments.Domain.Content;
using Attachments.Domain.Links;
using Attachments.Domain.OwnedAttachments;
using Attachments.Domain.Previews;
using Attachments.Domain.Records;
using Attachments.Domain.Sessions;
using Attachments.Domain.TemporarySets;
using Attachments.Domain.Uploads;
using Attachments.Domain.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Persistence;

/// <summary>The database interface of the use cases.</summary>
public interface IAttachmentsDb
{
    DbSet<Blob> Blobs { get; }

    DbSet<Session> Sessions { get; }

    DbSet<OwnedAttachment> OwnedAttachments { get; }
    DbSet<Record> Records { get; }

    DbSet<RecordSequence> RecordSequences { get; }

    DbSet<SpentNumber> SpentNumbers { get; }
    DbSet<TemporarySet> TemporarySets { get; }

    DbSet<TemporaryItem> TemporaryItems { get; }

    DbSet<Link> Links { get; }

    DbSet<Upload> Uploads { get; }

    DbSet<Change> Changes { get; }

    DbSet<Feed> Feeds { get; }

    DbSet<Preview> Previews { get; }

    DbSet<Webhook> Webhooks { get; }

    DbSet<WebhookDelivery> WebhookDeliveries { get; }

    /// <summary>
    /// Runs <paramref name="change"/> and saves what it did to the aggregates it loaded, in one transaction. Where another request
    /// changed the same rows first, nothing of it stands and it runs again on fresh state, so it must load all that it decides on.
    /// </summary>
    /// <exception cref="UnavailableException">It lost against other writers too many times (<c>contended</c>).</exception>
    Task<T> Change<T>(Func<CancellationToken, Task<T>> change, CancellationToken cancellationToken);

    /// <summary>
    /// Lets the statements of the open <see cref="Change{T}"/> take as long as they need: for those that delete what may be large, which
    /// would be begun in vain again and again if a time limit ended them.
    /// </summary>
    Task LiftStatementTimeout(CancellationToken cancellationToken);

    /// <summary>For queries that are compiled once and for all (<c>EF.CompileAsyncQuery</c>): those of every download and upload.</summary>
    DbContext Context { get; }

    /// <summary>The transaction of the open <see cref="Change{T}"/>, for a blob store that takes part in it.</summary>
    DbTransaction Transaction { get; }

    /// <summary>Forgets all loaded entities and the changes made to them.</summary>
    void Forget();

    /// <summary>Saves what the open <see cref="Change{T}"/> has done so far, for one that goes on to read it.</summary>
    Task<int> SaveChangesAsync(CancellationToken cancellationToken);
}
