namespace Attachments.Application.Conditional;

/// <summary>The result of the preconditions of a GET or HEAD.</summary>
public enum PreconditionOutcome
{
    /// <summary>They hold, or there are none.</summary>
    Proceed,

    /// <summary>304: the client already has the current version.</summary>
    NotModified,

    /// <summary>412.</summary>
    Failed,
}
