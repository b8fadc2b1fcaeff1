using Attachments.Application.Persistence;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>The points of a session that hold files, by name.</summary>
public sealed record ListSessionAttachments(long ProjectId, string Uuid) : IRequest<IReadOnlyList<SessionAttachmentDto>>;

public sealed class ListSessionAttachmentsHandler(IAttachmentsDb db, IConfigurationProvider mappings)
    : IRequestHandler<ListSessionAttachments, IReadOnlyList<SessionAttachmentDto>>
{
    public async Task<IReadOnlyList<SessionAttachmentDto>> Handle(
        ListSessionAttachments request, CancellationToken cancellationToken)
    {
        await db.Sessions.RequireExists(request.ProjectId, request.Uuid, cancellationToken);
        return await db.Sessions
            .WhereKey(request.ProjectId, request.Uuid)
            .SelectMany(session => session.Points)
            .Where(point => point.BlobId != null)
            .OrderBy(point => point.Name)
            .ProjectTo<SessionAttachmentDto>(mappings)
            .ToListAsync(cancellationToken);
    }
}
