namespace Attachments.Infrastructure.Persistence;

/// <summary>The section <c>Database</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>Whether the schema is migrated before the service serves. If not set: in Development only.</summary>
    public bool? MigrateOnStart { get; init; }

    /// <summary>The time that the service waits for the database when it starts.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
