namespace Attachments.Api.Controllers.OwnedAttachments;

/// <summary>The section <c>OwnedAttachments</c>.</summary>
public sealed class OwnedAttachmentsOptions
{
    public const string Section = "OwnedAttachments";

    /// <summary>The value of <c>sequence_map_for</c> for a file that is not a sequence map.</summary>
    public UnsetSequenceMap UnsetSequenceMap { get; init; } = UnsetSequenceMap.None;
}

/// <summary>The form in which a missing sequence map is written.</summary>
public enum UnsetSequenceMap
{
    /// <summary>The string <c>"None"</c>, as in every example of the API that this one follows.</summary>
    None,

    /// <summary>JSON's null.</summary>
    Null,
}
