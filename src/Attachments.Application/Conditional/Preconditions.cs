using Attachments.Application.Errors;

namespace Attachments.Application.Conditional;

/// <summary>
/// The conditions that a request puts on the state it finds (RFC 9110, section 13). Null: not sent. A command carries them into its
/// transaction and calls <see cref="RequireForWrite"/> there, on the row that it is about to change.
/// </summary>
public sealed record Preconditions(
    EntityTagCondition? IfMatch, DateTimeOffset? IfUnmodifiedSince, EntityTagCondition? IfNoneMatch, DateTimeOffset? IfModifiedSince)
{
    public static readonly Preconditions None = new(null, null, null, null);

    /// <summary>What is wrong with a field that could not be read; null when all could. Told where the conditions are decided.</summary>
    public string? Fault { get; init; }

    /// <summary>What a GET or HEAD does, in the order of RFC 9110, section 13.2.2.</summary>
    /// <param name="current">What it would serve.</param>
    public PreconditionOutcome Evaluate(CurrentRepresentation current)
    {
        if (!MatchesExpectedState(current))
        {
            return PreconditionOutcome.Failed;
        }

        return IsUnchanged(current) ? PreconditionOutcome.NotModified : PreconditionOutcome.Proceed;
    }

    /// <summary>
    /// What any other method does: it goes on, or it is refused. If-Modified-Since has no say in it (RFC 9110, section 13.1.3).
    /// </summary>
    /// <param name="current">What is there now; null for nothing, which <c>If-None-Match: *</c> asks for and If-Match excludes.</param>
    /// <exception cref="PreconditionFailedException"><c>precondition_failed</c>: a condition does not hold.</exception>
    /// <exception cref="InvalidRequestException"><c>precondition_invalid</c>: a field could not be read.</exception>
    public void RequireForWrite(CurrentRepresentation? current)
    {
        if (Fault is not null)
        {
            throw new InvalidRequestException("precondition_invalid", Fault);
        }

        if (!MatchesExpectedState(current) || IfNoneMatch?.MatchesWeakly(current) == true)
        {
            throw new PreconditionFailedException(
                "precondition_failed", "The current state does not match the preconditions of the request.");
        }
    }

    private bool MatchesExpectedState(CurrentRepresentation? current)
    {
        if (IfMatch is not null)
        {
            return IfMatch.MatchesStrongly(current);
        }

        return !(current?.LastModified > IfUnmodifiedSince);
    }

    private bool IsUnchanged(CurrentRepresentation current)
    {
        if (IfNoneMatch is not null)
        {
            return IfNoneMatch.MatchesWeakly(current);
        }

        return current.LastModified <= IfModifiedSince;
    }
}
