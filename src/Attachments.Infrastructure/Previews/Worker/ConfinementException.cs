namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>The process cannot be confined here.</summary>
internal sealed class ConfinementException(string message) : Exception(message);
