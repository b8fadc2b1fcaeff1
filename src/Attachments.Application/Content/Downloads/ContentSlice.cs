namespace Attachments.Application.Content.Downloads;

/// <summary>Bytes to send, of whatever a download consists of.</summary>
public abstract record ContentSlice
{
    /// <summary>In bytes, at least 1.</summary>
    public abstract long Length { get; }
}

/// <summary>Bytes that are at hand.</summary>
public sealed record BytesSlice(ReadOnlyMemory<byte> Bytes) : ContentSlice
{
    public override long Length => Bytes.Length;
}

/// <summary>Bytes of a blob.</summary>
/// <param name="BlobId">The blob.</param>
/// <param name="Offset">Of the first byte.</param>
/// <param name="Count">In bytes, at least 1.</param>
public sealed record BlobSlice(Guid BlobId, long Offset, long Count) : ContentSlice
{
    public override long Length => Count;
}
