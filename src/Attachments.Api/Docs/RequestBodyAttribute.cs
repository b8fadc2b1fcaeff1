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

    /// <summary>The type of the body's schema. Without it, JSON and forms are objects, and anything else is bytes.</summary>
    public Type? Type { get; init; }

    /// <summary>The name of the field that holds a file, in a multipart body.</summary>
    public string? File { get; init; }

    /// <summary>Whether the file field is optional.</summary>
    public bool FileIsOptional { get; init; }

    /// <summary>The names of the other text fields, all optional.</summary>
    public string[] Fields { get; init; } = [];

    /// <summary>The description of the body. The descriptions of an action's bodies are concatenated.</summary>
    public string? Description { get; init; }

    /// <summary>An example in JSON; for a form, an object of its fields.</summary>
    public string? Example { get; init; }
}
