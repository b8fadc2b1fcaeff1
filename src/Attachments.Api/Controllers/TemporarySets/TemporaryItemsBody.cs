using System.Runtime.CompilerServices;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Api.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Application.TemporarySets;
using Attachments.Domain.Content;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>Finds the files in a request that uploads some into a set. Nothing is read before the first of them is asked for.</summary>
internal static class TemporaryItemsBody
{
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type.</exception>
    /// <exception cref="InvalidRequestException">The body is broken; and see <see cref="MultipartBody.Read"/>.</exception>
    public static async IAsyncEnumerable<NamedFile> Read(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (RufhRequest.IsRawFile(request))
        {
            yield return new NamedFile(RufhRequest.ReadField(request, "name"), RufhRequest.ReadFile(request, FileName.Unnamed));
            yield break;
        }

        if (!MediaTypes.IsMultipart(request.ContentType))
        {
            throw MediaTypes.Unsupported("Files must be sent as", MediaTypes.AnyMultipart);
        }

        await foreach (var part in MultipartBody.Read(request, limits, new MultipartForm(limits.MaxParts), cancellationToken))
        {
            if (part is FilePart file)
            {
                yield return new NamedFile(file.Name, file.Open());
            }
        }
    }
}
