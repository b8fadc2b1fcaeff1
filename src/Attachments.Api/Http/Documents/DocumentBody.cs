using Attachments.Api.Http.Uploads;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Settings;

namespace Attachments.Api.Http.Documents;

/// <summary>
/// A request body that is a document, not a file. Its length is limited to <see cref="LimitsOptions.MaxDocumentBytes"/>, and its digests
/// are verified at its end. Until then its content is not verified.
/// </summary>
internal sealed class DocumentBody : ForwardStream
{
    private readonly Stream body;
    private readonly int limit;
    private readonly DigestCalculator digests;
    private long length;

    private DocumentBody(HttpRequest request, int limit)
    {
        body = request.Body;
        this.limit = limit;
        digests = new DigestCalculator(DigestHeaders.Read(request));
    }

    /// <summary>Looks at the headers alone.</summary>
    /// <exception cref="TooLargeException"><c>document_too_large</c></exception>
    /// <exception cref="UnsupportedContentCodingException"><c>content_encoding_unsupported</c></exception>
    /// <exception cref="InvalidRequestException"><c>content_range_unsupported</c>, <c>digest_invalid</c></exception>
    /// <exception cref="DigestMismatchException">The digests sent contradict each other.</exception>
    public static DocumentBody Open(HttpRequest request, LimitsOptions limits)
    {
        ContentHeaders.RequireWholeFiles(request);
        RequireWithin(limits.MaxDocumentBytes, request.ContentLength ?? 0);
        request.HttpContext.Features.Get<RequestBody>()?.TreatAsDocument();
        return new DocumentBody(request, limits.MaxDocumentBytes);
    }

    /// <summary>All of it.</summary>
    /// <exception cref="RequestException">See <see cref="Open"/> and <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>.</exception>
    public static async Task<ReadOnlyMemory<byte>> Read(HttpRequest request, LimitsOptions limits, CancellationToken cancellationToken)
    {
        await using var body = Open(request, limits);
        var document = new MemoryStream();
        await body.CopyToAsync(document, cancellationToken);
        return document.GetBuffer().AsMemory(0, (int)document.Length);
    }

    /// <exception cref="TooLargeException"><c>document_too_large</c></exception>
    /// <exception cref="InvalidRequestException"><c>digest_missing</c>, <c>digest_unannounced</c>, <c>digest_invalid</c></exception>
    /// <exception cref="DigestMismatchException">It has ended, and is not what the client meant to send.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        length += read;
        RequireWithin(limit, length);
        digests.Append(buffer.Span[..read]);
        if (read == 0 && !buffer.IsEmpty)
        {
            digests.VerifyExpected();
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        digests.Dispose();
        base.Dispose(disposing);
    }

    private static void RequireWithin(int limit, long length)
    {
        if (length > limit)
        {
            throw new TooLargeException("document_too_large", $"A request can have at most {limit} bytes besides its files.");
        }
    }
}
