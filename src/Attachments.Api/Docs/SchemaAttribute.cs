namespace Attachments.Api.Docs;

/// <summary>Describes a member of a document by another type than that of the property, which is written by hand or in steps.</summary>
/// <param name="type">The type whose schema the member has.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SchemaAttribute(Type type) : Attribute
{
    public Type Type { get; } = type;

    /// <summary>Whether the items of the list may lack any member.</summary>
    public bool WithOptionalMembers { get; init; }
}
