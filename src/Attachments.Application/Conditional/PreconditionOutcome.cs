namespace Attachments.Application.Conditional;

/// <summary>What the preconditions of a GET or HEAD lead to.</summary>
public enum PreconditionOutcome
{
    /// <summary>They hold, or there are none.</summary>
    Proceed,

    /// <summary>304: the caller has it already.</summary>
    NotModified,

    /// <summary>412.</summary>
    Failed,
}
