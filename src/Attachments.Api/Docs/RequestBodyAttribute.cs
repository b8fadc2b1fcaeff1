namespace Attachments.Api.Docs;

/// <summary>
/// Describes a body that an action reads from the request itself, without model binding. There is one attribute per media type; an action
/// with several accepts any of them. It affects only the OpenAPI document.
/// </summary>
/// <param name="mediaType">For example <c>multipart/form-data</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RequestBodyAttribute(string mediaType) : Attribute
{
    public string MediaType { get; } = mediaType;

    /// <summary>The type of the document, or of the form; a member of type <see cref="Stream"/> is a file. Without it, the body is bytes.</summary>
    public Type? Type { get; init; }

    /// <summary>The description of the body. The descriptions of an action's bodies are concatenated.</summary>
    public string? Description { get; init; }

    /// <summary>An example in JSON; for a form, an object of its fields without the files.</summary>
    public string? Example { get; init; }
}
