namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>The section <c>Embedded</c>.</summary>
public sealed class EmbeddedOptions
{
    public const string Section = "Embedded";

    /// <summary>The directory of the private PostgreSQL and the development key; relative to the working directory, or absolute.</summary>
    public string DataDirectory { get; init; } = ".data";
}
