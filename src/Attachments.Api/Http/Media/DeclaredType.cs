namespace Attachments.Api.Http.Media;

/// <summary>The media type that a client declared for a file.</summary>
internal static class DeclaredType
{
    /// <summary>
    /// As it was sent, with its parameters; without those where they are broken or too long. Null: none was declared, or none that a file
    /// can have (<c>*/*</c>).
    /// </summary>
    public static string? AsSent(string? contentType)
    {
        if (MediaTypes.Parse(contentType) is not { } essence || ServedType.Sanitize(essence) != essence)
        {
            return null;
        }

        var whole = contentType!.Trim();
        return whole.Length <= MediaTypes.MaxLength && ServedType.Sanitize(whole) == whole ? whole : essence;
    }

    /// <summary>Returns <see cref="AsSent"/> with type and subtype in lower case, for comparisons and searches.</summary>
    public static string? Normalize(string? contentType) =>
        AsSent(contentType) is { } type && MediaTypes.Parse(type) is { } essence ? $"{essence}{type.AsSpan(essence.Length)}" : null;
}
