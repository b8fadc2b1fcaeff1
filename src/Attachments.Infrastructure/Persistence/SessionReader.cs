using System.Text;
using Attachments.Application.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Infrastructure.Persistence;

/// <summary>
/// Sessions by SQL of its own, since it is the sizes of the values by which a step is measured: the database knows them without
/// reading the values.
/// </summary>
internal sealed class SessionReader(AttachmentsDbContext context) : ISessionReader
{
    /// <summary>
    /// How much a step reads: no further point when it has so many bytes, and of a text so many characters. A text that is longer is read
    /// from its beginning by the database each time, so many small steps would cost the square of its length.
    /// </summary>
    private const int PageBytes = 256 << 10;

    private const int PagePoints = 200;

    public async Task<SessionPage?> ReadPage(long projectId, string uuid, SessionPosition? from, CancellationToken cancellationToken)
    {
        var after = from?.Point ?? "";
        var characters = from?.TextPosition?.Characters ?? 0;
        var rows = await context.Database
            .SqlQuery<Row>(
                $"""
                WITH found AS (
                    SELECT id, revision, point_count, unit_id, created, saved
                    FROM sessions WHERE project_id = {projectId} AND uuid = {uuid}),
                next AS (
                    SELECT name, scalar, raw_data, file_name, blob_id,
                        octet_length(scalar) AS text_bytes, coalesce(octet_length(scalar), octet_length(raw_data), 0) AS bytes
                    FROM session_points
                    WHERE session_id = (SELECT id FROM found) AND name >= {after} AND (name > {after} OR {characters} > 0)
                    ORDER BY name LIMIT {PagePoints}),
                measured AS (
                    SELECT *, sum(bytes) OVER (ORDER BY name) - bytes AS bytes_before FROM next)
                SELECT found.id AS "Id", revision AS "Revision", point_count AS "PointCount",
                    unit_id AS "UnitId", created AS "Created", saved AS "Saved",
                    name AS "Name",
                    substr(scalar, CASE WHEN name = {after} THEN {characters} ELSE 0 END + 1, {PageBytes}) AS "Scalar",
                    text_bytes AS "TextBytes", raw_data AS "RawData",
                    file_name AS "FileName", media_type AS "MediaType", length AS "Length", md5 AS "Md5"
                FROM found LEFT JOIN measured ON bytes_before < {PageBytes} LEFT JOIN blobs ON blobs.id = blob_id
                ORDER BY name
                """)
            .ToListAsync(cancellationToken);
        return rows is [var session, ..] && (from is null || (session.Id == from.Id && session.Revision == from.Revision))
            ? ToPage(projectId, uuid, rows, from)
            : null;
    }

    public Task<long> Measure(Guid sessionId, CancellationToken cancellationToken) => context.Database
        .SqlQuery<long>(
            $"""
            SELECT coalesce(sum(
                octet_length(name) + coalesce(octet_length(scalar), octet_length(raw_data), octet_length(file_name))), 0)::bigint AS "Value"
            FROM session_points WHERE session_id = {sessionId}
            """)
        .SingleAsync(cancellationToken);

    private static SessionPage ToPage(long projectId, string uuid, List<Row> rows, SessionPosition? from)
    {
        var first = rows[0];
        var session = new SessionSummaryDto
        {
            ProjectId = projectId,
            Uuid = uuid,
            UnitId = first.UnitId,
            Created = first.Created,
            Saved = first.Saved,
        };
        var points = rows.FindAll(row => row.Name is not null);
        if (points.Count == 0)
        {
            return new SessionPage(session, [], null);
        }

        var last = points[^1];
        var rest = FindTextPosition(last, from);
        var read = (from?.PointsRead ?? 0) + points.Count - (rest is null ? 0 : 1);
        return new SessionPage(
            session,
            points.ConvertAll(row => row.ToPoint(
                isContinued: from?.TextPosition is not null && row == first, continues: rest is not null && row == last)),
            read == first.PointCount ? null : new SessionPosition(first.Id, first.Revision, read, last.Name!, rest));
    }

    /// <summary>How much of the text of a step's last point was read up to here; null: all.</summary>
    private static TextPosition? FindTextPosition(Row last, SessionPosition? from)
    {
        if (last.TextBytes is not { } all || last.Scalar is not { } part)
        {
            return null;
        }

        var before = from is not null && last.Name == from.Point ? from.TextPosition : null;
        var bytes = (before?.Bytes ?? 0) + Encoding.UTF8.GetByteCount(part);
        return bytes < all ? new TextPosition((before?.Characters ?? 0) + PageBytes, bytes) : null;
    }

    private sealed class Row
    {
        public Guid Id { get; init; }

        public long Revision { get; init; }

        public int PointCount { get; init; }

        public string UnitId { get; init; } = "";

        public long Created { get; init; }

        public long Saved { get; init; }

        /// <summary>Null: there is no point, or none any more.</summary>
        public string? Name { get; init; }

        public string? Scalar { get; init; }

        /// <summary>The length of the whole scalar in bytes.</summary>
        public int? TextBytes { get; init; }

        public byte[]? RawData { get; init; }

        public string? FileName { get; init; }

        public string? MediaType { get; init; }

        public long? Length { get; init; }

        public byte[]? Md5 { get; init; }

        public PointDto ToPoint(bool isContinued, bool continues) => new()
        {
            Name = Name!,
            Scalar = Scalar,
            IsContinued = isContinued,
            Continues = continues,
            RawData = RawData,
            FileName = FileName,
            MediaType = MediaType,
            Length = Length,
            Md5 = Md5,
        };
    }
}
