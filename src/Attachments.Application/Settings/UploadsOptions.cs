namespace Attachments.Application.Settings;

/// <summary>The section <c>Uploads</c>, of uploads that are sent in several requests.</summary>
public sealed class UploadsOptions
{
    public const string Section = "Uploads";

    /// <summary>How long after its creation an upload ends at the latest, however often bytes of it arrive.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How many open uploads one user may have.</summary>
    public int MaxOpen { get; init; } = 1000;
}
