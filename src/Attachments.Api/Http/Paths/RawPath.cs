using Attachments.Application.Errors;

namespace Attachments.Api.Http.Paths;

/// <summary>
/// The path of a request target (RFC 9112, section 3.2) as the client sent it: split on <c>/</c> first, then each segment
/// percent-decoded once. The server's own path is decoded as a whole, which makes an encoded slash that it leaves alone and an encoded
/// percent sign look the same, and has dot segments resolved, encoded ones as well, so that it may name another resource.
/// </summary>
internal sealed class RawPath
{
    private RawPath(IReadOnlyList<string> segments, string sent)
    {
        Segments = segments;
        IsPlain = !sent.Contains('%', StringComparison.Ordinal);
        ForRouting = IsPlain
            ? sent
            : "/" + string.Join('/', segments.Select(segment => segment.Replace("/", "%2F", StringComparison.Ordinal)));
    }

    /// <summary>
    /// Decoded: a segment may hold a slash, and a plus is a plus. The last one is empty where the path ends with a slash. As the
    /// client sent them otherwise; nothing is normalised.
    /// </summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>The path for routing: as many segments as were sent, with encoded slashes inside of them still encoded.</summary>
    public string ForRouting { get; }

    /// <summary>Whether nothing in it was encoded, so that routing sees what was sent.</summary>
    public bool IsPlain { get; }

    /// <param name="target">The request target. Null comes back for one without a path: <c>*</c> or <c>host:port</c>.</param>
    /// <exception cref="InvalidRequestException">
    /// <c>path_invalid</c>: a broken percent sequence, bytes that are not UTF-8, a NUL, or a segment <c>.</c> or <c>..</c>, encoded or not.
    /// </exception>
    public static RawPath? Parse(string target)
    {
        var path = GetPath(target).ToString();
        return path.Length == 0 ? null : new RawPath([.. path[1..].Split('/').Select(Decode)], path);
    }

    /// <summary>The path whose last segment is split at its last slash.</summary>
    public RawPath SplitLast()
    {
        var slash = Segments[^1].LastIndexOf('/');
        IReadOnlyList<string> split = [.. Segments.SkipLast(1), Segments[^1][..slash], Segments[^1][(slash + 1)..]];
        return new RawPath(split, "%2F");
    }

    /// <summary>The path of a request target as it stands; empty where it has none.</summary>
    public static ReadOnlySpan<char> GetPath(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target.AsSpan() : target.AsSpan(0, query);
        if (path.StartsWith("/"))
        {
            return path;
        }

        var authority = path.IndexOf("://");
        if (authority < 0)
        {
            return [];
        }

        var afterScheme = path[(authority + 3)..];
        var slash = afterScheme.IndexOf('/');
        return slash < 0 ? "/" : afterScheme[slash..];
    }

    private static string Decode(string segment)
    {
        if (!PercentEncoding.TryDecodeUtf8(segment, out var decoded))
        {
            throw new InvalidRequestException("path_invalid", "The path is not valid percent-encoded UTF-8.");
        }

        if (decoded is "." or ".." || decoded.Contains('\0', StringComparison.Ordinal))
        {
            throw new InvalidRequestException("path_invalid", "The path contains a dot segment or a NUL.");
        }

        return decoded;
    }
}
