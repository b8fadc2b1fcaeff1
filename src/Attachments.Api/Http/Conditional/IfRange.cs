using Attachments.Api.Http.Fields;
using Attachments.Application.Conditional;
using Microsoft.Extensions.Primitives;

namespace Attachments.Api.Http.Conditional;

/// <summary>The condition under which a Range field counts (RFC 9110, section 13.1.5).</summary>
internal static class IfRange
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>
    /// True where it was not sent, or names <paramref name="current"/> beyond doubt: by a strong tag, or by exactly its date. A later
    /// date will not do, since it says nothing of the bytes that the caller holds; nor will one of the second that is not over yet, in
    /// which another version may have been served and another may come (RFC 9110, section 8.8.2.2).
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
