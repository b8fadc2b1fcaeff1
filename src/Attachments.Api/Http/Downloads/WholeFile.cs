namespace Attachments.Api.Http.Downloads;

/// <summary>What can be said of a download before its file is known.</summary>
internal static class WholeFile
{
    /// <summary>
    /// Whether all bytes of the file are likely to be sent. HEAD has none, a range has some, and one who names a version has it most often.
    /// </summary>
    public static bool IsLikely(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers is { Range.Count: 0, IfNoneMatch.Count: 0, IfModifiedSince.Count: 0 };
}
