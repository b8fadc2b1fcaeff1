namespace Attachments.Application.Changes;

/// <summary>The section <c>Changes</c>, of the change feed.</summary>
public sealed class ChangesOptions
{
    public const string Section = "Changes";

    /// <summary>Whether changes are written, and can be read.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How long a change can be read.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(30);
}
