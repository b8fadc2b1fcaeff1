namespace Attachments.Infrastructure.Persistence;

/// <summary>The section <c>Database</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>Whether the schema is brought up to date before serving. Unset: in Development only.</summary>
    public bool? MigrateOnStart { get; init; }

    /// <summary>How long a start waits for the database to be reachable.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
