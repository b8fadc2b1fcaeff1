using Attachments.Application.Persistence;
using Attachments.Application.Sessions;
using Attachments.Domain.Content;
using Attachments.Domain.TemporarySets;
using AutoMapper;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets.Claims;

/// <summary>A set within the change that moves its files, and what a <see cref="ClaimTarget"/> needs to take them.</summary>
/// <param name="Set">Says whose it is and how many files it has; they are not loaded.</param>
/// <param name="Now">The time of the claim.</param>
/// <param name="Db">With the change open.</param>
/// <param name="Mappings">Of read models.</param>
/// <param name="Sessions">Saves those that take them.</param>
public sealed record ClaimedSet(
    TemporarySet Set, DateTimeOffset Now, IAttachmentsDb Db, IConfigurationProvider Mappings, SessionSaving Sessions)
{
    /// <summary>All files of the set in the order of uploading. Their blobs are tracked, so that an aggregate can refer to them.</summary>
    public Task<List<ClaimedItem>> LoadItems(CancellationToken cancellationToken) => Db.TemporaryItems
        .Where(item => item.SetId == Set.Id)
        .OrderBy(item => item.Ordinal)
        .Select(item => new ClaimedItem(item.Id, item.Name, item.FileName, item.Blob))
        .ToListAsync(cancellationToken);
}

/// <summary>A file that is to move.</summary>
/// <param name="Id">In the set.</param>
/// <param name="Name">What the client called it.</param>
/// <param name="FileName">The value of a <see cref="Domain.Content.FileName"/>.</param>
/// <param name="Blob">Stored. Its bytes stay where they are.</param>
public sealed record ClaimedItem(Guid Id, string Name, string FileName, Blob Blob);
