using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>
/// The body of a multipart request on its way to the reader of its parts: filtered for its framing, and hashed where digests were sent
/// with the request, which are those of the whole body.
/// </summary>
internal sealed class MultipartSource(Stream body, MultipartFraming framing, DigestCalculator digests) : ForwardStream
{
    private ReadOnlyMemory<byte> opening = framing.Opening;
    private bool failed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!opening.IsEmpty)
        {
            return ReadOpening(buffer.Span);
        }

        while (await ReadBody(buffer, cancellationToken) is var read and > 0)
        {
            digests.Append(buffer.Span[..read]);
            if (framing.Filter(buffer.Span[..read]) is var kept and > 0)
            {
                return kept;
            }
        }

        framing.End();
        return 0;
    }

    /// <summary>
    /// Awaits a read from here, and translates errors in the multipart format. Errors in reading the body itself pass through: the client
    /// went away or sent too much, and the error handler needs to know which.
    /// </summary>
    /// <exception cref="InvalidRequestException"><c>multipart_invalid</c></exception>
    public async ValueTask<T> Reading<T>(ValueTask<T> read)
    {
        try
        {
            return await read;
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException && !failed)
        {
            throw new InvalidRequestException(MultipartBody.Invalid, "The multipart body is malformed.");
        }
    }

    private int ReadOpening(Span<byte> buffer)
    {
        var length = Math.Min(buffer.Length, opening.Length);
        opening.Span[..length].CopyTo(buffer);
        opening = opening[length..];
        return length;
    }

    private async ValueTask<int> ReadBody(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }
        catch
        {
            failed = true;
            throw;
        }
    }
}
