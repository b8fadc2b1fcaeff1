using Attachments.Application.Errors;

namespace Attachments.Api.Http.Errors;

/// <summary>
/// 416: the requested range contains no byte of the file (RFC 9110, section 15.5.17). The response must include <see cref="ContentRange"/>.
/// </summary>
/// <param name="length">Of the file, in bytes.</param>
internal sealed class RangeNotSatisfiableException(long length)
    : RequestException("range_not_satisfiable", $"The range contains no byte of the file, which has {length} bytes.")
{
    /// <summary>The value of the Content-Range field.</summary>
    public string ContentRange { get; } = $"bytes */{length}";
}
