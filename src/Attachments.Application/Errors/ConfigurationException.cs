namespace Attachments.Application.Errors;

/// <summary>The service cannot start with its configuration. The message is one line for the operator.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
