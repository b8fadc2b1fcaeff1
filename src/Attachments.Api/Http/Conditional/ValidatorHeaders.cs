using Attachments.Application.Conditional;

namespace Attachments.Api.Http.Conditional;

/// <summary>The headers that identify the version of a response.</summary>
internal static class ValidatorHeaders
{
    public static void Set(IHeaderDictionary headers, CurrentRepresentation current, DateTimeOffset now)
    {
        headers.ETag = current.EntityTag.ToString();
        headers.CacheControl = "private, no-cache";
        if (current.LastModified is { } modified)
        {
            // Never after Date (RFC 9110, section 8.8.2.1), which is set here because the server's own, renewed once a second, may lag.
            headers.Date = HttpDate.Format(now);
            headers.LastModified = HttpDate.Format(modified < now ? modified : now);
        }
    }
}
