namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>The private PostgreSQL cannot be used. The message is one line that says what to do.</summary>
public sealed class EmbeddedPostgresException(string message, Exception? cause = null)
    : Exception(message.ReplaceLineEndings(" "), cause);
