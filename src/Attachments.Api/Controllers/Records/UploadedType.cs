using Attachments.Api.Http.Media;
using Microsoft.AspNetCore.StaticFiles;

namespace Attachments.Api.Controllers.Records;

/// <summary>The media type of a file that is the body of a request.</summary>
internal static class UploadedType
{
    private static readonly FileExtensionContentTypeProvider Extensions = new();

    /// <summary>
    /// The request's Content-Type with its parameters; without those where they are broken or too long to keep. Where none was sent, or
    /// none that a file can have (<c>*/*</c>), what the extension of the file's name says, else <see cref="ServedType.Unknown"/>.
    /// </summary>
    public static string Of(string? contentType, string fileName)
    {
        if (MediaTypes.Of(contentType) is not { } essence || ServedType.Of(essence) != essence)
        {
            return Extensions.TryGetContentType(fileName, out var known) ? known : ServedType.Unknown;
        }

        var whole = contentType!.Trim();
        return whole.Length <= MediaTypes.MaxLength && ServedType.Of(whole) == whole ? whole : essence;
    }
}
