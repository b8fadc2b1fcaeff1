using Attachments.Application.Errors;
using Attachments.Domain.Content;

namespace Attachments.Application.Conditional;

/// <summary>
/// The preconditions of a request (RFC 9110, section 13). Null: not sent. A command calls <see cref="RequireForWrite"/> in its transaction,
/// on the row that it is about to change.
/// </summary>
public sealed record Preconditions(
    EntityTagCondition? IfMatch, DateTimeOffset? IfUnmodifiedSince, EntityTagCondition? IfNoneMatch, DateTimeOffset? IfModifiedSince)
{
    public static readonly Preconditions None = new(null, null, null, null);

    /// <summary>The error in a header that could not be parsed; null if there is none. <see cref="RequireForWrite"/> throws it.</summary>
    public string? Fault { get; init; }

    /// <summary>Evaluates the preconditions of a GET or HEAD, in the order of RFC 9110, section 13.2.2.</summary>
    /// <param name="current">What it would serve.</param>
    public PreconditionOutcome Evaluate(CurrentRepresentation current)
    {
        if (!MatchesExpectedState(current))
        {
            return PreconditionOutcome.Failed;
        }

        return IsUnchanged(current) ? PreconditionOutcome.NotModified : PreconditionOutcome.Proceed;
    }

    /// <summary>Evaluates the preconditions of every other method. If-Modified-Since is ignored (RFC 9110, section 13.1.3).</summary>
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

/// <summary>
/// The representation that preconditions are evaluated against: the one that a GET of the same resource would serve now (RFC 9110, section
/// 13.1). Null if there is none.
/// </summary>
public sealed record CurrentRepresentation
{
    /// <param name="entityTag">Null: the resource has no entity tag, so only <c>*</c> names it.</param>
    /// <param name="modifiedAt">Null: the resource has no modification date, so conditions on dates are ignored.</param>
    public CurrentRepresentation(EntityTag? entityTag, DateTimeOffset? modifiedAt)
    {
        EntityTag = entityTag;
        LastModified = modifiedAt is { } time ? TruncateToSeconds(time) : null;
    }

    public EntityTag? EntityTag { get; }

    /// <summary>
    /// Truncated to whole seconds, like HTTP dates. Otherwise a file would seem newer than its own date when a client sends that date back.
    /// </summary>
    public DateTimeOffset? LastModified { get; }

    /// <summary>A resource that exists but has neither entity tag nor date. Only <c>*</c> matches it.</summary>
    public static readonly CurrentRepresentation Untagged = new(null, null);

    /// <summary>A stored file.</summary>
    /// <param name="sha256">32 bytes.</param>
    /// <param name="storedAt">When it was stored.</param>
    public static CurrentRepresentation From(byte[] sha256, DateTimeOffset storedAt) =>
        new(Conditional.EntityTag.FromDigest(sha256), storedAt);

    /// <summary>The file that a stored blob holds; null for none.</summary>
    public static CurrentRepresentation? From(Blob? blob) => blob is null ? null : From(blob.Sha256!, blob.StoredAt!.Value);

    private static DateTimeOffset TruncateToSeconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));
}
