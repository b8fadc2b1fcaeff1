namespace Attachments.Api.Links;

/// <summary>Marks an action that a signed link can be for. Nothing else answers to one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinkableAttribute : Attribute;
