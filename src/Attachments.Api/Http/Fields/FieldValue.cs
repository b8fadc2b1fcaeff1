using Microsoft.Extensions.Primitives;

namespace Attachments.Api.Http.Fields;

/// <summary>A header field as RFC 9110, section 5 reads it.</summary>
internal static class FieldValue
{
    /// <summary>Several lines are one value, joined by commas (section 5.3); white space around it is none of it (section 5.5).</summary>
    /// <returns>Null: not sent.</returns>
    public static string? Combine(StringValues lines) => lines.Count == 0 ? null : string.Join(", ", lines.ToArray()).Trim(' ', '\t');
}
