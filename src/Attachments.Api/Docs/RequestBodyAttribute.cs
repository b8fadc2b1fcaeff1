namespace Attachments.Api.Docs;

/// <summary>
/// Describes a body that an action takes by reading the request itself, so that nothing binds it. One for each media type; an action
/// with several takes any of them. Says nothing to the framework, only to the description of the API.
/// </summary>
/// <param name="mediaType">For example <c>multipart/form-data</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RequestBodyAttribute(string mediaType) : Attribute
{
    public string MediaType { get; } = mediaType;

    /// <summary>The type whose schema the body has. Without it: an object for JSON and forms, and plain bytes for anything else.</summary>
    public Type? Type { get; init; }

    /// <summary>The name of the field that holds a file, in a multipart body.</summary>
    public string? File { get; init; }

    /// <summary>Whether the field of the file may be left out.</summary>
    public bool FileIsOptional { get; init; }

    /// <summary>The names of the text fields beside <see cref="File"/>, all of which may be left out.</summary>
    public string[] Fields { get; init; } = [];

    /// <summary>What is worth knowing of the body. The descriptions of one action's bodies are put together.</summary>
    public string? Description { get; init; }

    /// <summary>An example in JSON; of a form, the object of its fields.</summary>
    public string? Example { get; init; }
}
