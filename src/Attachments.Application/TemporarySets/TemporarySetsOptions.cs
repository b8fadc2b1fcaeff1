namespace Attachments.Application.TemporarySets;

/// <summary>The section <c>TemporarySets</c>.</summary>
public sealed class TemporarySetsOptions
{
    public const string Section = "TemporarySets";

    /// <summary>How long a set outlives the last upload into it.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromDays(1);
}
