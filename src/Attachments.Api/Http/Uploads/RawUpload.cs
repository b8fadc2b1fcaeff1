using Attachments.Api.Http.Media;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Domain;
using Attachments.Domain.Content;

namespace Attachments.Api.Http.Uploads;

/// <summary>A request whose body is the file.</summary>
internal static class RawUpload
{
    /// <summary>Reads the headers and leaves the body alone, so that a request refused later has not been asked for its body.</summary>
    /// <param name="request">Its body is the content of the upload.</param>
    /// <param name="fileName">Null: the client named none.</param>
    /// <param name="mediaType">Without parameters, as <see cref="MediaTypes.Parse"/> gives it.</param>
    /// <exception cref="UnsupportedContentCodingException"><c>content_encoding_unsupported</c></exception>
    /// <exception cref="InvalidRequestException"><c>content_range_unsupported</c>, <c>digest_invalid</c></exception>
    /// <exception cref="DigestMismatchException">The digests sent contradict each other.</exception>
    public static IncomingFile From(HttpRequest request, FileName? fileName, string mediaType)
    {
        ContentHeaders.RequireWholeFiles(request);
        return new IncomingFile(fileName, mediaType, request.ContentLength, DigestHeaders.Read(request), request.Body);
    }

    /// <summary>The name in <c>?filename=</c>; null when it is absent or empty.</summary>
    /// <exception cref="InvalidRequestException"><c>file_name_invalid</c>: there are several.</exception>
    /// <exception cref="DomainException">See <see cref="FileName.From"/>.</exception>
    public static FileName? ReadFileName(IQueryCollection query)
    {
        var names = query["filename"];
        if (names.Count > 1)
        {
            throw new InvalidRequestException("file_name_invalid", "The query contains more than one file name.");
        }

        return string.IsNullOrEmpty(names) ? null : FileName.From(names.ToString());
    }
}
