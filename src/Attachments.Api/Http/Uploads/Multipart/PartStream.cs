namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>
/// The content of one part. Reading it after the next part has begun is an error, not an end: otherwise an empty file would be stored.
/// </summary>
internal sealed class PartStream(Stream content, MultipartSource source) : ForwardStream
{
    private bool passed;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(passed, this);
        return source.Reading(content.ReadAsync(buffer, cancellationToken));
    }

    protected override void Dispose(bool disposing)
    {
        passed = true;
        base.Dispose(disposing);
    }
}
