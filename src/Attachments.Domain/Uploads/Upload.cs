using Attachments.Domain.Content;

namespace Attachments.Domain.Uploads;

/// <summary>
/// One file that is sent in as many requests as it takes. Its bytes go to a pending blob, whose length is the offset. It ends in the
/// transaction that attaches the blob to what it was sent for, or by a refusal, or by being cut off; what came of it is kept for a while,
/// since the answer may have been lost.
/// </summary>
public sealed class Upload
{
    private Upload(
        Guid id, Guid createdBy, DateTimeOffset createdAt, UploadProtocol protocol, string path, string destination, string mediaType)
    {
        Protocol = protocol;
        Id = id;
        CreatedBy = createdBy;
        CreatedAt = createdAt;
        Path = path;
        Destination = destination;
        MediaType = mediaType;
    }

    /// <summary>Random, as it is part of a URL that is not listed for others. It is no credential.</summary>
    public Guid Id { get; private set; }

    /// <summary>The user who may continue it.</summary>
    public Guid CreatedBy { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Of the creating request. Later requests may use another.</summary>
    public UploadProtocol Protocol { get; private set; }

    /// <summary>The path that it was created at.</summary>
    public string Path { get; private set; }

    /// <summary>What the file becomes part of, as JSON of an upload target.</summary>
    public string Destination { get; private set; }

    /// <summary>The value of a <see cref="Content.FileName"/>; null: the client sent none.</summary>
    public string? FileName { get; private set; }

    public string MediaType { get; private set; }

    /// <summary>The metadata as the client sent them, which HEAD returns.</summary>
    public string? Metadata { get; private set; }

    /// <summary>The preconditions of the creating request, which hold at the end as well, as JSON; null: there are none.</summary>
    public string? Preconditions { get; private set; }

    /// <summary>What the client says is the digest of the whole file: 16 bytes.</summary>
    public byte[]? ExpectedMd5 { get; private set; }

    /// <summary>32 bytes.</summary>
    public byte[]? ExpectedSha256 { get; private set; }

    /// <summary>64 bytes.</summary>
    public byte[]? ExpectedSha512 { get; private set; }

    /// <summary>In bytes; null: the client has not said it yet.</summary>
    public long? Length { get; private set; }

    /// <summary>
    /// The client has said that these are all bytes. Otherwise that may follow from their number or not, which depends on the protocol.
    /// </summary>
    public bool IsWhole { get; private set; }

    /// <summary>
    /// The length in bytes of the parts in which it goes to its store, which a later setting does not change; null: the store needs none.
    /// </summary>
    public int? PieceLength { get; private set; }

    public UploadState State { get; private set; }

    /// <summary>The blob with the bytes so far; null once the upload has let go of it, or it was reclaimed.</summary>
    public Guid? BlobId { get; private set; }

    public Blob? Blob { get; private set; }

    /// <summary>What came of it, as JSON; null while it is open, or if it was cut off.</summary>
    public string? Outcome { get; private set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>A new upload.</summary>
    /// <param name="blob">A pending blob without bytes.</param>
    /// <param name="protocol">See <see cref="Protocol"/>.</param>
    /// <param name="path">See <see cref="Path"/>.</param>
    /// <param name="destination">See <see cref="Destination"/>.</param>
    /// <param name="file">What the client says of the file.</param>
    /// <param name="pieceLength">See <see cref="PieceLength"/>.</param>
    public static Upload Create(
        Blob blob, UploadProtocol protocol, string path, string destination, UploadedFile file, int? pieceLength) =>
        new(Guid.NewGuid(), blob.StoredBy, blob.CreatedAt, protocol, path, destination, blob.MediaType)
        {
            FileName = file.FileName?.Value,
            Metadata = file.Metadata,
            Preconditions = file.Preconditions,
            ExpectedMd5 = file.Md5,
            ExpectedSha256 = file.Sha256,
            ExpectedSha512 = file.Sha512,
            Length = file.Length,
            PieceLength = pieceLength,
            BlobId = blob.Id,
            Blob = blob,
        };

    /// <summary>Says how long the file is, where that was not known. It never changes.</summary>
    public void SetLength(long length)
    {
        if (Length is { } known && known != length)
        {
            throw new InvalidOperationException($"The length of upload {Id} is {known}.");
        }

        Length = length;
    }

    /// <summary>The client says that these are all bytes.</summary>
    public void MarkWhole(long length)
    {
        SetLength(length);
        IsWhole = true;
    }

    /// <summary>The file was attached, and its blob is referred to from there.</summary>
    public void Complete(string outcome, DateTimeOffset now)
    {
        End(UploadState.Stored, now);
        Outcome = outcome;
        (BlobId, Blob) = (null, null);
    }

    /// <summary>The file was not taken. Its blob must be loaded.</summary>
    public void Refuse(string outcome, DateTimeOffset now)
    {
        End(UploadState.Refused, now);
        Outcome = outcome;
        ReleaseBlob(now);
    }

    /// <summary>More was sent than can belong to the file. Its blob must be loaded.</summary>
    public void CutOff(DateTimeOffset now)
    {
        End(UploadState.CutOff, now);
        ReleaseBlob(now);
    }

    /// <summary>Lets go of the blob of an upload that is being removed. It must be loaded.</summary>
    public void ReleaseBlob(DateTimeOffset now)
    {
        Blob?.Release(now);
        (BlobId, Blob) = (null, null);
    }

    private void End(UploadState state, DateTimeOffset now)
    {
        if (State != UploadState.Open)
        {
            throw new InvalidOperationException($"Upload {Id} has ended.");
        }

        State = state;
        EndedAt = now;
    }
}

/// <summary>What a client says of a file when it begins to send it.</summary>
/// <param name="FileName">Null: it has none.</param>
/// <param name="Length">In bytes; null: it is not known yet.</param>
/// <param name="Metadata">As they were sent.</param>
/// <param name="Preconditions">As JSON.</param>
/// <param name="Md5">16 bytes, or null.</param>
/// <param name="Sha256">32 bytes, or null.</param>
/// <param name="Sha512">64 bytes, or null.</param>
public sealed record UploadedFile(
    FileName? FileName, long? Length, string? Metadata, string? Preconditions, byte[]? Md5, byte[]? Sha256, byte[]? Sha512);

/// <summary>The protocols of uploads in several requests. The values are stored; never renumber them.</summary>
public enum UploadProtocol
{
    /// <summary>tus 1.0 (https://tus.io).</summary>
    Tus = 0,

    /// <summary>Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload).</summary>
    Rufh = 1,
}

/// <summary>The states of an upload. The values are stored; never renumber them.</summary>
public enum UploadState
{
    /// <summary>Bytes are arriving, or all have arrived and the file is not attached yet.</summary>
    Open = 0,

    /// <summary>The file was attached.</summary>
    Stored = 1,

    /// <summary>All bytes had arrived, and the file was not taken.</summary>
    Refused = 2,

    /// <summary>More bytes were sent than can belong to the file.</summary>
    CutOff = 3,
}
