namespace Attachments.Api.Docs;

/// <summary>Describes an error of an action, or of all actions of a controller, that its other attributes do not imply.</summary>
/// <param name="status">For example 409.</param>
/// <param name="description">The codes, and what each of them means.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ErrorResponseAttribute(int status, string description) : Attribute
{
    public int Status { get; } = status;

    public string Description { get; } = description;
}
