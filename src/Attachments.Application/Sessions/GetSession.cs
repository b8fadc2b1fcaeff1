using MediatR;

namespace Attachments.Application.Sessions;

/// <summary>Reads a session with the first page of its points.</summary>
public sealed record GetSession(long ProjectId, string Uuid) : IRequest<SessionPage>;

public sealed class GetSessionHandler(ISessionReader reader) : IRequestHandler<GetSession, SessionPage>
{
    public async Task<SessionPage> Handle(GetSession request, CancellationToken cancellationToken) =>
        await reader.ReadPage(request.ProjectId, request.Uuid, from: null, cancellationToken)
            ?? throw SessionQueries.NotFound(request.ProjectId, request.Uuid);
}
