using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Attachments.Domain.Sessions;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Sessions;

/// <summary>Saves sessions in the open change and enforces their maximum size.</summary>
public sealed class SessionSaver(IAttachmentsDb db, ISessionReader reader, IOptions<LimitsOptions> limits)
{
    /// <summary>Saves a session. Its row is then locked until the end of the change, so the measured size is final.</summary>
    /// <exception cref="TooLargeException"><c>session_too_large</c></exception>
    public async Task Save(Session session, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        var bytes = await reader.Measure(session.Id, cancellationToken);
        if (bytes > limits.Value.MaxSessionBytes)
        {
            throw new TooLargeException(
                "session_too_large",
                $"The names, texts and embedded bytes of the session would be {bytes} bytes together; up to "
                + $"{limits.Value.MaxSessionBytes} are accepted.");
        }
    }

    /// <summary>As <see cref="Save"/>; and begins to read the session, as it is to be committed.</summary>
    public async Task<SessionPage> SaveAndRead(Session session, CancellationToken cancellationToken)
    {
        await Save(session, cancellationToken);
        return (await reader.ReadPage(session.ProjectId, session.Uuid, from: null, cancellationToken))!;
    }
}
