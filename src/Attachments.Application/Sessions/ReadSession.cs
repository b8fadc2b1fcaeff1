using Attachments.Application.Errors;
using MediatR;

namespace Attachments.Application.Sessions;

/// <summary>Reads a session on from where another step ended.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="From">The <see cref="SessionStep.Next"/> of the step before.</param>
public sealed record ReadSession(long ProjectId, string Uuid, SessionPlace From) : IRequest<SessionStep>;

public sealed class ReadSessionHandler(ISessionReader reader) : IRequestHandler<ReadSession, SessionStep>
{
    /// <exception cref="ConflictException"><c>session_changed</c>: the steps would not be of one session as it was at any time.</exception>
    public async Task<SessionStep> Handle(ReadSession request, CancellationToken cancellationToken) =>
        await reader.Read(request.ProjectId, request.Uuid, request.From, cancellationToken)
            ?? throw new ConflictException("session_changed", "The session was changed while it was being sent.");
}
