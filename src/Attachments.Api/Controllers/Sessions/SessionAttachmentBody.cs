using System.Runtime.CompilerServices;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads;
using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Api.Uploads;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Settings;

namespace Attachments.Api.Controllers.Sessions;

/// <summary>Finds the file in a request that attaches one to a point. Nothing is read before it is asked for.</summary>
internal static class SessionAttachmentBody
{
    /// <summary>The field of a form that holds the file.</summary>
    public const string Field = "attachment";

    /// <exception cref="InvalidRequestException">The body is of another type, or broken.</exception>
    public static async IAsyncEnumerable<IncomingFile> Read(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        switch (MediaTypes.Parse(request.ContentType))
        {
            case var _ when RufhRequest.IsRawFile(request):
                // Of any type, which is not kept: downloads of sessions have none.
                yield return RufhRequest.ReadFile(request) with { MediaType = MediaTypes.OctetStream };
                break;
            case MediaTypes.OctetStream:
                yield return RawUpload.From(request, RawUpload.ReadFileName(request.Query), MediaTypes.OctetStream);
                break;
            case MediaTypes.MultipartForm:
                await foreach (var part in MultipartBody.Read(request, limits, new MultipartForm(MaxFiles: 1), cancellationToken))
                {
                    if (part is FilePart { Name: Field } file)
                    {
                        yield return file.Open();
                    }
                }

                break;
            default:
                // 400 and not 415, as the seed says: "if the content type was not recognised".
                throw new InvalidRequestException(
                    "media_type_unsupported", $"A file must be sent as {MediaTypes.MultipartForm} or {MediaTypes.OctetStream}.");
        }
    }
}
