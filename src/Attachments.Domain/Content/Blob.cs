namespace Attachments.Domain.Content;

/// <summary>
/// Stored bytes, and what is known of them. An aggregate that holds a file refers to exactly one blob, and a blob is
/// referred to by at most one aggregate. Bytes are never changed and never deleted by a request: a reference that goes
/// away <see cref="Release">releases</see> its blob, and the sweeper reclaims released ones later.
/// </summary>
public sealed class Blob
{
    private Blob(Guid id, BlobState state, string mediaType, Guid storedBy, DateTimeOffset createdAt)
    {
        Id = id;
        State = state;
        MediaType = mediaType;
        StoredBy = storedBy;
        CreatedAt = createdAt;
        TouchedAt = createdAt;
    }

    public Guid Id { get; private set; }

    public BlobState State { get; private set; }

    /// <summary>In bytes. While the blob is pending: the bytes stored so far.</summary>
    public long Length { get; private set; }

    /// <summary>16 bytes; null while the blob is pending and not all of its bytes are known.</summary>
    public byte[]? Md5 { get; private set; }

    /// <summary>32 bytes; null while the blob is pending and not all of its bytes are known.</summary>
    public byte[]? Sha256 { get; private set; }

    /// <summary>
    /// 64 bytes; null unless the client sent it with the upload: it is compared then, and kept to be sent back, but never computed besides.
    /// </summary>
    public byte[]? Sha512 { get; private set; }

    /// <summary>As it was declared with the upload: <c>image/jpeg</c>.</summary>
    public string MediaType { get; private set; }

    /// <summary>The user who uploaded it.</summary>
    public Guid StoredBy { get; private set; }

    /// <summary>When the first of its bytes arrived.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When it became stored, which is a download's Last-Modified; null while it is pending.</summary>
    public DateTimeOffset? StoredAt { get; private set; }

    /// <summary>The last sign of life: bytes written to it, or a long download still reading it.</summary>
    public DateTimeOffset TouchedAt { get; private set; }

    /// <summary>When its last reference, or the upload that was to make one, went away.</summary>
    public DateTimeOffset? ReleasedAt { get; private set; }

    /// <summary>
    /// When its bytes were found missing, by one who looked for them; null while nobody has, and again once they were found.
    /// </summary>
    public DateTimeOffset? MissingSince { get; private set; }

    /// <summary>A blob whose bytes are about to arrive.</summary>
    public static Blob Pending(string mediaType, Guid storedBy, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), BlobState.Pending, mediaType, storedBy, now);

    /// <summary>All the bytes are known, and on their way to the store: they are <paramref name="length"/> and have these digests.</summary>
    /// <param name="length">In bytes.</param>
    /// <param name="md5">16 bytes.</param>
    /// <param name="sha256">32 bytes.</param>
    /// <param name="sha512">64 bytes, where it is known.</param>
    public void Describe(long length, byte[] md5, byte[] sha256, byte[]? sha512 = null)
    {
        if (State != BlobState.Pending)
        {
            throw new InvalidOperationException($"Blob {Id} is already complete.");
        }

        Length = length;
        Md5 = md5;
        Sha256 = sha256;
        Sha512 = sha512;
    }

    /// <summary>All the bytes are stored: they are <paramref name="length"/> and have these digests.</summary>
    /// <param name="length">In bytes.</param>
    /// <param name="md5">16 bytes.</param>
    /// <param name="sha256">32 bytes.</param>
    /// <param name="now">The time of storing.</param>
    /// <param name="sha512">64 bytes, where it is known.</param>
    public void Complete(long length, byte[] md5, byte[] sha256, DateTimeOffset now, byte[]? sha512 = null)
    {
        Describe(length, md5, sha256, sha512);
        State = BlobState.Stored;
        StoredAt = now;
        TouchedAt = now;
    }

    /// <summary>Nothing refers to it any longer, from <paramref name="now"/> on.</summary>
    public void Release(DateTimeOffset now) => ReleasedAt ??= now;
}
