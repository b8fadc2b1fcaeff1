using Microsoft.Extensions.Primitives;

namespace Attachments.Api.Http.Fields;

/// <summary>A header field as RFC 9110, section 5 reads it.</summary>
internal static class FieldValue
{
    /// <summary>Joins the lines of a header with commas (section 5.3) and trims white space (section 5.5).</summary>
    /// <returns>Null: not sent.</returns>
    public static string? Combine(StringValues lines) => lines.Count == 0 ? null : string.Join(", ", lines.ToArray()).Trim(' ', '\t');
}
