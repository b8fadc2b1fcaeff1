namespace Attachments.Api.Docs;

/// <summary>Describes a response whose body an action writes by hand as a JSON document.</summary>
/// <param name="status">For example 200 or 201.</param>
/// <param name="mediaType">For example <c>application/vnd.api+json</c>.</param>
/// <param name="example">The example, in JSON.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class DocumentResponseAttribute(int status, string mediaType, string example) : Attribute
{
    public int Status { get; } = status;

    public string MediaType { get; } = mediaType;

    public string Example { get; } = example;

    public required Type Type { get; init; }

    public required string Description { get; init; }
}
