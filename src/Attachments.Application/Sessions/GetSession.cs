using MediatR;

namespace Attachments.Application.Sessions;

/// <summary>Begins to read a session with all its points.</summary>
public sealed record GetSession(long ProjectId, string Uuid) : IRequest<SessionStep>;

public sealed class GetSessionHandler(ISessionReader reader) : IRequestHandler<GetSession, SessionStep>
{
    public async Task<SessionStep> Handle(GetSession request, CancellationToken cancellationToken) =>
        await reader.Read(request.ProjectId, request.Uuid, from: null, cancellationToken)
            ?? throw SessionQueries.NotFound(request.ProjectId, request.Uuid);
}
