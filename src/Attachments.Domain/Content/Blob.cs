namespace Attachments.Domain.Content;

/// <summary>
/// Stored bytes and their metadata. An aggregate that holds a file refers to exactly one blob, and a blob is
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

    /// <summary>The number of the store that has its bytes. Only the stores themselves write it.</summary>
    public short Store { get; private set; }

    /// <summary>In bytes. While the blob is pending: the bytes stored so far.</summary>
    public long Length { get; private set; }

    /// <summary>16 bytes; null while the blob is pending and not all of its bytes are known.</summary>
    public byte[]? Md5 { get; private set; }

    /// <summary>32 bytes; null while the blob is pending and not all of its bytes are known.</summary>
    public byte[]? Sha256 { get; private set; }

    /// <summary>
    /// 64 bytes; null unless the client sent it with the upload, which verifies it. It is kept to be sent back, never computed.
    /// </summary>
    public byte[]? Sha512 { get; private set; }

    /// <summary>
    /// The CRC-32 that a zip archive has of it; null while the blob is pending, and for blobs from before it was computed, until the service
    /// has read them again.
    /// </summary>
    public uint? Crc32 { get; private set; }

    /// <summary>The type declared by the upload, such as <c>image/jpeg</c>.</summary>
    public string MediaType { get; private set; }

    /// <summary>The user who uploaded it.</summary>
    public Guid StoredBy { get; private set; }

    /// <summary>When the first of its bytes arrived.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>
    /// When it became stored, or came to the address that it is at: a download's Last-Modified. Null while it is pending.
    /// </summary>
    public DateTimeOffset? StoredAt { get; private set; }

    /// <summary>The last activity: bytes were written, or a long download was still reading.</summary>
    public DateTimeOffset TouchedAt { get; private set; }

    /// <summary>When its last reference was removed, or its upload was given up.</summary>
    public DateTimeOffset? ReleasedAt { get; private set; }

    /// <summary>
    /// When <c>verify</c> found its bytes missing; null if it never did, or has found them again.
    /// </summary>
    public DateTimeOffset? MissingSince { get; private set; }

    /// <summary>Creates a blob whose bytes are about to arrive.</summary>
    public static Blob CreatePending(string mediaType, Guid storedBy, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), BlobState.Pending, mediaType, storedBy, now);

    /// <summary>Records the length and digests of a blob whose bytes have all arrived, and are being sent to the store.</summary>
    /// <param name="length">In bytes.</param>
    /// <param name="digests">Of all its bytes.</param>
    public void SetDigests(long length, ContentDigests digests)
    {
        if (State != BlobState.Pending)
        {
            throw new InvalidOperationException($"Blob {Id} is already complete.");
        }

        Length = length;
        (Md5, Sha256, Sha512, Crc32) = (digests.Md5, digests.Sha256, digests.Sha512, digests.Crc32);
    }

    /// <summary>Marks the blob as completely stored, with this length and these digests.</summary>
    /// <param name="length">In bytes.</param>
    /// <param name="digests">Of all its bytes.</param>
    /// <param name="now">The time of storing.</param>
    public void Complete(long length, ContentDigests digests, DateTimeOffset now)
    {
        SetDigests(length, digests);
        State = BlobState.Stored;
        StoredAt = now;
        TouchedAt = now;
    }

    /// <summary>It is to be found at another address from <paramref name="now"/> on.</summary>
    public void MarkMoved(DateTimeOffset now) => StoredAt = now;

    /// <summary>
    /// It comes after another file at the same address, whose Last-Modified was <paramref name="previous"/>: its own is at least a second
    /// later, so that no date names both (RFC 9110, section 8.8.2.2). Null: there was none.
    /// </summary>
    public void EnsureStoredAfter(DateTimeOffset? previous)
    {
        if (previous is { } date && StoredAt is { } stored)
        {
            StoredAt = LastModified.After(date, stored);
        }
    }

    /// <summary>Marks the blob as no longer referred to, from <paramref name="now"/> on.</summary>
    public void Release(DateTimeOffset now) => ReleasedAt ??= now;

    /// <summary>Says since when its bytes are known to be missing; null: they are there.</summary>
    public void MarkMissing(DateTimeOffset? since) => MissingSince = since;
}

/// <summary>The progress of a blob. The values are stored; never renumber them.</summary>
public enum BlobState
{
    /// <summary>Its bytes are still arriving. Nothing may refer to it.</summary>
    Pending = 0,

    /// <summary>All its bytes are stored and its length and digests are known. They never change again.</summary>
    Stored = 1,
}
