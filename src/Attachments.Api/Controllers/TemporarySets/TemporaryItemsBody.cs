using System.Runtime.CompilerServices;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Application.TemporarySets;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>Finds the files in a request that uploads some into a set. Nothing is read before the first of them is asked for.</summary>
internal static class TemporaryItemsBody
{
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type.</exception>
    /// <exception cref="InvalidRequestException">The body is broken; and see <see cref="MultipartBody.Read"/>.</exception>
    public static async IAsyncEnumerable<NamedUpload> Read(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!MediaTypes.IsMultipart(request.ContentType))
        {
            throw new UnsupportedMediaTypeException("media_type_unsupported", $"Files must be sent as {MediaTypes.AnyMultipart}.");
        }

        await foreach (var part in MultipartBody.Read(request, limits, cancellationToken))
        {
            if (part is FilePart { Disposition: PartDisposition.Attachment or PartDisposition.FormData } file)
            {
                var upload = file.Open();
                yield return new NamedUpload(file.Name, upload with { MediaType = TypeOf(file.ContentType, upload.MediaType) });
            }
        }
    }

    /// <summary>What can be served again: with its parameters where these can be, since a text is not what it was without its charset.</summary>
    private static string TypeOf(string? contentType, string mediaType)
    {
        var parameters = contentType.AsSpan();
        parameters = parameters[Math.Max(0, parameters.IndexOf(';'))..].TrimEnd();
        var whole = parameters.StartsWith(";") ? $"{mediaType}{parameters}" : mediaType;
        return whole.Length <= MediaTypes.MaxLength && ServedType.Of(whole) == whole ? whole : ServedType.Of(mediaType);
    }
}
