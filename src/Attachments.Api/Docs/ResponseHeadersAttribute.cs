namespace Attachments.Api.Docs;

/// <summary>Names header fields of an action's successful responses that its other attributes do not imply.</summary>
/// <param name="names">Each is described in <see cref="HeaderFields"/>.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ResponseHeadersAttribute(params string[] names) : Attribute
{
    public IReadOnlyList<string> Names { get; } = names;
}
