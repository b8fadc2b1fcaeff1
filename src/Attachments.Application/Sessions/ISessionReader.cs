namespace Attachments.Application.Sessions;

/// <summary>Reads sessions with their points in steps, none of which takes more memory for a larger session.</summary>
public interface ISessionReader
{
    /// <summary>Reads one step by one statement.</summary>
    /// <param name="projectId">The session's project.</param>
    /// <param name="uuid">The session's uuid.</param>
    /// <param name="from">Where the step before ended; null for the first.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <returns>Null: there is no such session, or it is not the one any more, or not as it was, that the steps before are of.</returns>
    Task<SessionPage?> ReadPage(long projectId, string uuid, SessionPosition? from, CancellationToken cancellationToken);

    /// <summary>The bytes of all that a saved session says, the files themselves left aside: names, texts and embedded bytes.</summary>
    Task<long> Measure(Guid sessionId, CancellationToken cancellationToken);
}

/// <summary>A part of a session.</summary>
/// <param name="Session">The session.</param>
/// <param name="Points">Some of its points, by name. The text of the first may be the rest of one, and that of the last a part of one.</param>
/// <param name="Next">Where the next step begins; null: this is the last one.</param>
public sealed record SessionPage(SessionSummaryDto Session, IReadOnlyList<PointDto> Points, SessionPosition? Next);

/// <summary>A place in a session as it is at one revision.</summary>
/// <param name="Id">The service's own key of it.</param>
/// <param name="Revision">It has to be at.</param>
/// <param name="PointsRead">How many points were read to their ends.</param>
/// <param name="Point">The point read last.</param>
/// <param name="TextPosition">How much of its text was read; null: all.</param>
public sealed record SessionPosition(Guid Id, long Revision, int PointsRead, string Point, TextPosition? TextPosition);

/// <summary>The part of a text that was read.</summary>
/// <param name="Characters">As the database counts them: Unicode code points.</param>
/// <param name="Bytes">Of UTF-8.</param>
public sealed record TextPosition(int Characters, int Bytes);
