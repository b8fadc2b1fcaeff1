namespace Attachments.Api.Http.Downloads;

/// <summary>Predicts whether a download will send the whole file.</summary>
internal static class WholeFile
{
    /// <summary>Whether all bytes of the file that the address names are likely to be sent: not if a preview is asked for.</summary>
    public static bool IsLikely(HttpRequest request) => IsWholeLikely(request) && PreviewQuery.Find(request) is null;

    /// <summary>
    /// Whether all bytes of what is asked for are likely to be sent: not for HEAD or a range, and not if the client names a version, since it usually has that
    /// version already.
    /// </summary>
    public static bool IsWholeLikely(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers is { Range.Count: 0, IfNoneMatch.Count: 0, IfModifiedSince.Count: 0 };
}
