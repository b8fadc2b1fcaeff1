using Attachments.Application.Persistence;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>A session with all its points.</summary>
public sealed record GetSession(long ProjectId, string Uuid) : IRequest<SessionDto>;

public sealed class GetSessionHandler(IAttachmentsDb db, IConfigurationProvider mappings) : IRequestHandler<GetSession, SessionDto>
{
    public async Task<SessionDto> Handle(GetSession request, CancellationToken cancellationToken) =>
        await db.Sessions
            .OfProject(request.ProjectId, request.Uuid)
            .ProjectTo<SessionDto>(mappings)
            .SingleOrDefaultAsync(cancellationToken) ?? throw SessionQueries.NotFound(request.ProjectId, request.Uuid);
}
