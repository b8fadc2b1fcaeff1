namespace Attachments.Application.Errors;

/// <summary>A request that is refused. Api answers each kind with its own status.</summary>
/// <param name="code">Stable and machine-readable, in snake case: <c>session_not_found</c>.</param>
/// <param name="detail">One sentence for the one who sent the request.</param>
/// <param name="cause">What the adapter met, where the refusal translates one.</param>
public abstract class RequestException(string code, string detail, Exception? cause = null) : Exception(detail, cause)
{
    public string Code { get; } = code;
}

/// <summary>400: the request is malformed.</summary>
/// <param name="code">See <see cref="RequestException"/>.</param>
/// <param name="detail">See <see cref="RequestException"/>.</param>
/// <param name="errors">Field to messages, where the fault lies in fields.</param>
public sealed class InvalidRequestException(string code, string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    : RequestException(code, detail)
{
    public IReadOnlyDictionary<string, string[]>? Errors { get; } = errors;
}

/// <summary>400: the bytes that arrived are not those that the client meant to send.</summary>
public sealed class DigestMismatchException(string algorithm)
    : RequestException("digest_mismatch", $"The {algorithm} digest of the received bytes is not the one that was sent.");

/// <summary>403: the caller is known, but may not.</summary>
public sealed class ForbiddenException(string code, string detail) : RequestException(code, detail);

/// <summary>404.</summary>
public sealed class NotFoundException(string code, string detail) : RequestException(code, detail);

/// <summary>409.</summary>
public sealed class ConflictException(string code, string detail) : RequestException(code, detail);

/// <summary>410: what was there is gone, and is known to be.</summary>
public sealed class GoneException(string code, string detail) : RequestException(code, detail);

/// <summary>412: the state is not the one that the caller's precondition names.</summary>
public sealed class PreconditionFailedException(string code, string detail) : RequestException(code, detail);

/// <summary>413.</summary>
public sealed class TooLargeException(string code, string detail) : RequestException(code, detail);

/// <summary>415: the body is of a media type that is not taken.</summary>
/// <param name="code">See <see cref="RequestException"/>.</param>
/// <param name="detail">See <see cref="RequestException"/>.</param>
/// <param name="taken">The media types that are; none where it is something else about the type that is not known.</param>
public sealed class UnsupportedMediaTypeException(string code, string detail, params IReadOnlyList<string> taken) : RequestException(code, detail)
{
    public IReadOnlyList<string> SupportedMediaTypes { get; } = taken;
}

/// <summary>415: the body, or a part of it, is in a content coding, and none is taken.</summary>
public sealed class UnsupportedContentCodingException(string code, string detail) : RequestException(code, detail);

/// <summary>
/// 503: the database or the blob store cannot be reached just now, too many writers wanted the same rows, or there is no memory for
/// another upload; worth trying again.
/// </summary>
public class UnavailableException(string code, string detail, Exception? cause = null) : RequestException(code, detail, cause);
