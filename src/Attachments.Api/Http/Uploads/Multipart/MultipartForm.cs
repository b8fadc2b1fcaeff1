using Attachments.Application.Errors;
using Attachments.Application.Settings;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>The rules of a kind of multipart request.</summary>
/// <param name="MaxFiles">The most files that it can need; a request may have more parts than these.</param>
internal sealed record MultipartForm(int MaxFiles)
{
    /// <summary>Whether a field of that name is a text, even if it comes with a file name, as a Blob of a browser does.</summary>
    public Func<string, bool> IsText { get; init; } = _ => false;

    /// <summary>Refuses a body that is longer than the files and everything else may be together.</summary>
    /// <param name="limits">The limits of a file and of the rest.</param>
    /// <param name="length">The value of Content-Length; null: not sent.</param>
    /// <exception cref="TooLargeException"><c>upload_too_large</c></exception>
    public void RequireWithin(LimitsOptions limits, long? length)
    {
        var most = ((Int128)MaxFiles * limits.MaxUploadBytes) + limits.MaxDocumentBytes;
        if (length > most)
        {
            throw new TooLargeException("upload_too_large", $"The request can have at most {most} bytes, files and fields together.");
        }
    }
}
