namespace Attachments.Domain;

/// <summary>A rule of the domain was broken by what the caller sent.</summary>
/// <param name="code">Stable and machine-readable, in snake case: <c>file_name_too_long</c>.</param>
/// <param name="message">One sentence for a person, naming the value at fault.</param>
public sealed class DomainException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
