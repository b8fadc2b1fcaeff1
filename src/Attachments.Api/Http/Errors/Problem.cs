namespace Attachments.Api.Http.Errors;

/// <summary>An error response before it is formatted.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Stable and machine-readable, in snake case.</param>
/// <param name="Detail">One sentence for the client; null if the client must not know more.</param>
internal sealed record Problem(int Status, string Code, string? Detail = null)
{
    /// <summary>A registered type of problem (RFC 9457, section 4.2); null: the status says what kind it is.</summary>
    public string? Type { get; init; }

    /// <summary>Where an upload goes on, if the request assumes another offset.</summary>
    public long? ExpectedOffset { get; init; }

    /// <summary>The offset that the request assumes.</summary>
    public long? ProvidedOffset { get; init; }

    /// <summary>Whether the connection ends with the response, since the rest of the request is not wanted.</summary>
    public bool ClosesConnection { get; init; }

    /// <summary>Field to messages, where the fault lies in fields.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The media types that a body may have, where it has another.</summary>
    public IReadOnlyList<string> SupportedMediaTypes { get; init; } = [];

    /// <summary>Response headers that belong to the status: <c>Retry-After</c>, <c>Content-Range</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
