using Attachments.Api.Http.Uploads;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Settings;

namespace Attachments.Api.Http.Documents;

/// <summary>A request's body that is a document, not a file: bounded, and read before anything is made of it.</summary>
internal static class DocumentBody
{
    /// <summary>The whole body, of at most <see cref="LimitsOptions.MaxDocumentBytes"/>, with the digests that were sent for it.</summary>
    /// <exception cref="TooLargeException"><c>document_too_large</c></exception>
    /// <exception cref="UnsupportedMediaTypeException"><c>content_encoding_unsupported</c></exception>
    /// <exception cref="InvalidRequestException"><c>content_range_unsupported</c></exception>
    /// <exception cref="DigestMismatchException">It is not what the client meant to send.</exception>
    public static async Task<MemoryStream> Read(HttpRequest request, LimitsOptions limits, CancellationToken cancellationToken)
    {
        ContentHeaders.RequireWholeFiles(request);
        RequireWithin(limits.MaxDocumentBytes, request.ContentLength ?? 0);
        using var digests = new Digesting(DigestHeaders.Read(request.Headers));
        var document = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            RequireWithin(limits.MaxDocumentBytes, document.Length + read);
            digests.Append(buffer.AsSpan(0, read));
            document.Write(buffer, 0, read);
        }

        digests.RequireExpected();
        document.Position = 0;
        return document;
    }

    private static void RequireWithin(int limit, long length)
    {
        if (length > limit)
        {
            throw new TooLargeException("document_too_large", $"A request can have at most {limit} bytes besides its files.");
        }
    }
}
