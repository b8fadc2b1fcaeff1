using Attachments.Api.Http.Fields;
using Attachments.Application.Conditional;
using Microsoft.Extensions.Primitives;

namespace Attachments.Api.Http.Conditional;

/// <summary>The condition under which a Range field counts (RFC 9110, section 13.1.5).</summary>
internal static class IfRange
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>
    /// True if the header was not sent, or identifies <paramref name="current"/> exactly: by a strong tag, or by its exact date. A later
    /// date does not count, since it says nothing about the bytes that the client has. A date within the current second does not count
    /// either, since another version may still be stored in that second (RFC 9110, section 8.8.2.2).
    /// </summary>
    public static bool Holds(StringValues field, CurrentRepresentation current, DateTimeOffset now)
    {
        if (FieldValue.Combine(field) is not { } value)
        {
            return true;
        }

        return EntityTagParser.ParseSingle(value) is { } tag
            ? current.EntityTag?.EqualsStrongly(tag) == true
            : HttpDate.Parse(value, now) is { } date && date == current.LastModified && now - date >= OneSecond;
    }
}
