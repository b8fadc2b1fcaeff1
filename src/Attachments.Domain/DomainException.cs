namespace Attachments.Domain;

/// <summary>The caller's input violates a rule of the domain.</summary>
/// <param name="code">Stable and machine-readable, in snake case: <c>file_name_too_long</c>.</param>
/// <param name="message">One sentence for people, which names the invalid value.</param>
public sealed class DomainException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
