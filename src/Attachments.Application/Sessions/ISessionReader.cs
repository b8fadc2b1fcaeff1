namespace Attachments.Application.Sessions;

/// <summary>Reads sessions in pages of points. Memory use does not depend on the size of the session.</summary>
public interface ISessionReader
{
    /// <summary>Reads one step by one statement.</summary>
    /// <param name="projectId">The session's project.</param>
    /// <param name="uuid">The session's uuid.</param>
    /// <param name="from">Where the previous page ended; null for the first page.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <returns>Null: the session does not exist, or has changed since the previous page.</returns>
    Task<SessionPage?> ReadPage(long projectId, string uuid, SessionPosition? from, CancellationToken cancellationToken);

    /// <summary>The size in bytes of a saved session: names, texts and embedded bytes, without its files.</summary>
    Task<long> Measure(Guid sessionId, CancellationToken cancellationToken);
}

/// <summary>A page of a session.</summary>
/// <param name="Session">The session.</param>
/// <param name="Points">
/// Points, by name. The first text may continue one of the previous page, and the last may continue on the next page.
/// </param>
/// <param name="Next">Where the next step begins; null: this is the last one.</param>
public sealed record SessionPage(SessionSummaryDto Session, IReadOnlyList<PointDto> Points, SessionPosition? Next);

/// <summary>A position in a session at one revision.</summary>
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
