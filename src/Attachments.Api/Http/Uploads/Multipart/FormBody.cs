using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Media;
using Attachments.Application.Errors;
using Attachments.Application.Settings;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>A form of either type. One that is urlencoded has fields and no files.</summary>
internal static class FormBody
{
    /// <exception cref="RequestException">See <see cref="MultipartBody.Read"/> and <see cref="UrlEncodedBody.Read"/>.</exception>
    public static IAsyncEnumerable<MultipartPart> Read(
        HttpRequest request, LimitsOptions limits, MultipartForm form, CancellationToken cancellationToken) =>
        MediaTypes.Parse(request.ContentType) == MediaTypes.UrlEncodedForm
            ? UrlEncodedBody.Read(request, limits, cancellationToken).Select(Field)
            : MultipartBody.Read(request, limits, form, cancellationToken);

    private static MultipartPart Field(KeyValuePair<string, string> field) =>
        new FieldPart(field.Key, field.Value);
}
