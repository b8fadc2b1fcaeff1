namespace Attachments.Api.Controllers.OwnedAttachments;

/// <summary>The section <c>OwnedAttachments</c>.</summary>
public sealed class OwnedAttachmentsOptions
{
    public const string Section = "OwnedAttachments";

    /// <summary>What <c>sequence_map_for</c> is where a file is no sequence map.</summary>
    public UnsetSequenceMap UnsetSequenceMap { get; init; } = UnsetSequenceMap.None;
}

/// <summary>How it is written that there is no sequence map.</summary>
public enum UnsetSequenceMap
{
    /// <summary>The string <c>"None"</c>, as in every example of the API that this one follows.</summary>
    None,

    /// <summary>JSON's null.</summary>
    Null,
}
