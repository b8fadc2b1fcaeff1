namespace Attachments.Api.Http.Downloads;

/// <summary>The query parameter that asks for a preview of a file.</summary>
internal static class PreviewQuery
{
    public const string Parameter = "preview";

    /// <summary>The name of the size, which may be none that is known; null: the file itself is asked for.</summary>
    public static string? Find(HttpRequest request) => request.Query[Parameter] is { Count: > 0 } names ? string.Join(',', names!) : null;
}
