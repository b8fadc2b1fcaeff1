namespace Attachments.Api.Http.Downloads;

/// <summary>Predicts whether a download will send the whole file.</summary>
internal static class WholeFile
{
    /// <summary>
    /// Whether all bytes are likely to be sent: not for HEAD or a range, and not if the client names a version, since it usually has that
    /// version already.
    /// </summary>
    public static bool IsLikely(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers is { Range.Count: 0, IfNoneMatch.Count: 0, IfModifiedSince.Count: 0 };
}
