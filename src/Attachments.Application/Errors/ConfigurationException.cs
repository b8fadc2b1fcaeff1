namespace Attachments.Application.Errors;

/// <summary>The service cannot start as it is configured. The message is one line for the one who starts it.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
