namespace Attachments.Api.Callers;

/// <summary>The requested token.</summary>
/// <param name="Subject">The claim <c>sub</c>.</param>
internal sealed record TokenRequest(string Subject)
{
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(1);

    public bool IsAdmin { get; init; }

    public IReadOnlyList<long> Projects { get; init; } = [];

    public bool AllProjects { get; init; }

    public IReadOnlyList<long> Organisations { get; init; } = [];

    /// <summary>Space-separated, as in the claim.</summary>
    public string? Scope { get; init; }

    public TimeSpan Lifetime { get; init; } = DefaultLifetime;
}
