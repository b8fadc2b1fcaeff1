namespace Attachments.Api.Docs;

/// <summary>Describes the tag of a group of endpoints.</summary>
/// <param name="description">A sentence.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TagDescriptionAttribute(string description) : Attribute
{
    public string Description { get; } = description;
}
