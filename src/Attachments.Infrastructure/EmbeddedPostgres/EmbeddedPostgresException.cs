namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>The private PostgreSQL cannot be had. The message is one line that tells a user what to do about it.</summary>
public sealed class EmbeddedPostgresException(string message, Exception? cause = null)
    : Exception(message.ReplaceLineEndings(" "), cause);
