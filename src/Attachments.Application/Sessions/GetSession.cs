using MediatR;

namespace Attachments.Application.Sessions;

/// <summary>Begins to read a session with all its points.</summary>
public sealed record GetSession(long ProjectId, string Uuid) : IRequest<SessionPage>;

public sealed class GetSessionHandler(ISessionReader reader) : IRequestHandler<GetSession, SessionPage>
{
    public async Task<SessionPage> Handle(GetSession request, CancellationToken cancellationToken) =>
        await reader.ReadPage(request.ProjectId, request.Uuid, from: null, cancellationToken)
            ?? throw SessionQueries.NotFound(request.ProjectId, request.Uuid);
}
