namespace Attachments.Bench;

/// <summary>Attachments that are there only to be many.</summary>
internal static class Many
{
    /// <summary>
    /// Stores 10,000 of 128 bytes, in ten sessions of their own, with all that the service keeps of them. $1: how many there are already.
    /// </summary>
    public const string Statement =
        """
        WITH made AS (
            SELECT n, 'many-' || n / 1000 AS session, 'point-' || n AS point, gen_random_uuid() AS id, md5(n::text) AS digest
            FROM generate_series($1, $1 + 9999) AS n
        ), own AS (
            INSERT INTO sessions (id, project_id, uuid, unit_id, created, saved, revision, point_count)
            SELECT gen_random_uuid(), 1, session, 'bench', 0, 0, 1, 1000 FROM made GROUP BY session
            RETURNING id, uuid
        ), stored AS (
            INSERT INTO blobs (id, state, length, md5, sha256, media_type, stored_by, created_at, stored_at, touched_at, large_object)
            SELECT id, 1, 128, decode(digest, 'hex'), sha256(digest::bytea), 'image/jpeg', id, now(), now(), now(),
                lo_from_bytea(0, repeat(digest, 4)::bytea)
            FROM made
            RETURNING id
        )
        INSERT INTO session_points (session_id, name, file_name, blob_id)
        SELECT own.id, made.point, 'photo.jpg', stored.id
        FROM made JOIN own ON own.uuid = made.session JOIN stored ON stored.id = made.id
        """;
}
