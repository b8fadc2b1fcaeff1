namespace Attachments.Api.Links;

/// <summary>Marks an action that a signed link can be for. Nothing else answers to one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinkableAttribute : Attribute
{
    /// <summary>Whether the parameter <c>ids</c> of the query selects what is downloaded, so that a link has to name the ids.</summary>
    public bool BindsIds { get; init; }
}
