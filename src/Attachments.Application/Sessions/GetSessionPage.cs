using Attachments.Application.Errors;
using MediatR;

namespace Attachments.Application.Sessions;

/// <summary>Reads the next page of a session.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="From">The <see cref="SessionPage.Next"/> of the step before.</param>
public sealed record GetSessionPage(long ProjectId, string Uuid, SessionPosition From) : IRequest<SessionPage>;

public sealed class GetSessionPageHandler(ISessionReader reader) : IRequestHandler<GetSessionPage, SessionPage>
{
    /// <exception cref="ConflictException"><c>session_changed</c>: the steps would not be of one session as it was at any time.</exception>
    public async Task<SessionPage> Handle(GetSessionPage request, CancellationToken cancellationToken) =>
        await reader.ReadPage(request.ProjectId, request.Uuid, request.From, cancellationToken)
            ?? throw new ConflictException("session_changed", "The session was changed while it was being sent.");
}
