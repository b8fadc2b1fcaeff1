using System.Globalization;

namespace Attachments.Application.Text;

/// <summary>Times as in RFC 3339, in UTC.</summary>
public static class Rfc3339
{
    /// <summary>In whole seconds: <c>2015-12-16T07:40:18Z</c>.</summary>
    public static string FormatSeconds(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>In milliseconds: <c>2015-12-16T07:40:18.123Z</c>.</summary>
    public static string FormatMilliseconds(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
