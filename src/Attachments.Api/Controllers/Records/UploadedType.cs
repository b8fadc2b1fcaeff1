using Attachments.Api.Http.Media;

namespace Attachments.Api.Controllers.Records;

/// <summary>The media type of a file that is the body of a request.</summary>
internal static class UploadedType
{
    /// <summary>
    /// The request's Content-Type; where it says none, what the extension of the file's name says, else <see cref="ServedType.Unknown"/>.
    /// </summary>
    public static string Resolve(string? contentType, string fileName) =>
        DeclaredType.AsSent(contentType) ?? ExtensionTypes.Find(fileName) ?? ServedType.Unknown;
}
