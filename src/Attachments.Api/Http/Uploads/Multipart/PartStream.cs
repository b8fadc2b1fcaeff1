namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>
/// The content of one part. Once it is passed, reading it is an error rather than an end: a file that looked empty would be stored so.
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
