using System.Runtime.CompilerServices;
using Attachments.Application.Paging;
using Attachments.Application.Persistence;
using Attachments.Application.Text;
using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.OwnedAttachments;

/// <summary>Lists a page of all attachments, most recently changed first.</summary>
/// <param name="Limit">1 to 1000.</param>
/// <param name="Offset">The number of attachments to skip.</param>
/// <param name="FileName">Only those called so; null for any.</param>
/// <param name="OwnedByOrganisation">Only those of this organisation; null for any or none.</param>
/// <param name="OwnedByUser">Only those of this user, a UUID; null for any.</param>
public sealed record ListOwnedAttachments(int Limit, int Offset, string? FileName, long? OwnedByOrganisation, string? OwnedByUser)
    : IRequest<OwnedAttachmentPage>
{
    public const int MaxLimit = 1000;
    public const int DefaultLimit = 100;
}

/// <summary>A page of the list.</summary>
/// <param name="Total">The number of attachments on all pages.</param>
/// <param name="Items">Read as they are asked for; no connection is held in between.</param>
public sealed record OwnedAttachmentPage(int Total, IAsyncEnumerable<OwnedAttachmentDto> Items);

public sealed class ListOwnedAttachmentsValidator : AbstractValidator<ListOwnedAttachments>
{
    public ListOwnedAttachmentsValidator()
    {
        RuleFor(request => request.Limit).InclusiveBetween(1, ListOwnedAttachments.MaxLimit).OverridePropertyName("limit");
        RuleFor(request => request.Offset).GreaterThanOrEqualTo(0).OverridePropertyName("offset");
        RuleFor(request => request.OwnedByUser)
            .Must(text => text is null || UuidText.Parse(text) is not null)
            .WithMessage("must be a UUID")
            .OverridePropertyName("owned_by_user");
    }
}

public sealed class ListOwnedAttachmentsHandler(IAttachmentsDb db, IConfigurationProvider mappings)
    : IRequestHandler<ListOwnedAttachments, OwnedAttachmentPage>
{
    /// <summary>The batch is small because a sequence map may have a megabyte, which takes two in memory.</summary>
    private const int BatchSize = 8;

    public async Task<OwnedAttachmentPage> Handle(ListOwnedAttachments request, CancellationToken cancellationToken)
    {
        var matching = ApplyFilter(request);
        var total = await matching.CountAsync(cancellationToken);
        var ids = await FindPageIds(matching, request, total, cancellationToken);
        return new OwnedAttachmentPage(total, await Read(ids, cancellationToken).PrefetchFirst(cancellationToken));
    }

    private IQueryable<OwnedAttachment> ApplyFilter(ListOwnedAttachments request)
    {
        var matching = db.OwnedAttachments.AsNoTracking();
        if (request.OwnedByOrganisation is { } organisation)
        {
            matching = matching.Where(attachment => attachment.OwnedByOrganisation == organisation);
        }

        if (UuidText.Parse(request.OwnedByUser) is { } user)
        {
            matching = matching.Where(attachment => attachment.OwnedByUser == user);
        }

        if (request.FileName is null)
        {
            return matching;
        }

        return FileName.FromSegmentOrNull(request.FileName) is { } name
            ? matching.Where(attachment => attachment.FileName == name)
            : matching.Where(_ => false);
    }

    /// <summary>The ids of a page. Only an index is read, so skipped rows cost little. The index is scanned from the nearer end.</summary>
    private static async Task<List<long>> FindPageIds(
        IQueryable<OwnedAttachment> matching, ListOwnedAttachments request, int total, CancellationToken cancellationToken)
    {
        var count = Math.Min(request.Limit, total - request.Offset);
        if (count <= 0)
        {
            return [];
        }

        var behind = total - request.Offset - count;
        if (request.Offset <= behind)
        {
            return await matching
                .OrderByDescending(attachment => attachment.UpdatedAt)
                .ThenByDescending(attachment => attachment.Id)
                .Select(attachment => attachment.Id)
                .Skip(request.Offset)
                .Take(count)
                .ToListAsync(cancellationToken);
        }

        var ids = await matching
            .OrderBy(attachment => attachment.UpdatedAt)
            .ThenBy(attachment => attachment.Id)
            .Select(attachment => attachment.Id)
            .Skip(behind)
            .Take(count)
            .ToListAsync(cancellationToken);
        ids.Reverse();
        return ids;
    }

    private async IAsyncEnumerable<OwnedAttachmentDto> Read(
        List<long> ids, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var batch in ids.Chunk(BatchSize))
        {
            foreach (var attachment in await ReadBatch(batch, cancellationToken))
            {
                yield return attachment;
            }
        }
    }

    /// <summary>The attachments in the order of the ids, without those deleted meanwhile.</summary>
    private async Task<IReadOnlyList<OwnedAttachmentDto>> ReadBatch(long[] ids, CancellationToken cancellationToken)
    {
        var found = await db.OwnedAttachments
            .Where(attachment => ids.Contains(attachment.Id))
            .ProjectTo<OwnedAttachmentDto>(mappings)
            .ToDictionaryAsync(attachment => attachment.Id, cancellationToken);
        return [.. ids.Where(found.ContainsKey).Select(id => found[id])];
    }
}
