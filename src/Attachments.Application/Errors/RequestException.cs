namespace Attachments.Application.Errors;

/// <summary>A refused request. The Api layer answers each kind with its own status.</summary>
/// <param name="code">Stable and machine-readable, in snake case: <c>session_not_found</c>.</param>
/// <param name="detail">One sentence for the client.</param>
/// <param name="cause">The underlying exception, if there is one.</param>
public abstract class RequestException(string code, string detail, Exception? cause = null) : Exception(detail, cause)
{
    public string Code { get; } = code;
}

/// <summary>400: the request is malformed.</summary>
/// <param name="code">See <see cref="RequestException"/>.</param>
/// <param name="detail">See <see cref="RequestException"/>.</param>
/// <param name="errors">Error messages by field, if the error is in fields.</param>
public sealed class InvalidRequestException(string code, string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    : RequestException(code, detail)
{
    public IReadOnlyDictionary<string, string[]>? Errors { get; } = errors;
}

/// <summary>400: the bytes that arrived are not those that the client meant to send.</summary>
public sealed class DigestMismatchException(string algorithm)
    : RequestException("digest_mismatch", $"The {algorithm} digest of the received bytes is not the one that was sent.");

/// <summary>403: the caller is known but not allowed.</summary>
public sealed class ForbiddenException(string code, string detail) : RequestException(code, detail);

/// <summary>404.</summary>
public sealed class NotFoundException(string code, string detail) : RequestException(code, detail);

/// <summary>409.</summary>
public sealed class ConflictException(string code, string detail) : RequestException(code, detail);

/// <summary>410: the resource existed and is known to be gone.</summary>
public sealed class GoneException(string code, string detail) : RequestException(code, detail);

/// <summary>412: the current state does not match the preconditions.</summary>
public sealed class PreconditionFailedException(string code, string detail) : RequestException(code, detail);

/// <summary>413.</summary>
public sealed class TooLargeException(string code, string detail) : RequestException(code, detail);

/// <summary>415: the media type of the body is not supported.</summary>
/// <param name="code">See <see cref="RequestException"/>.</param>
/// <param name="detail">See <see cref="RequestException"/>.</param>
/// <param name="supported">The supported media types; empty if another property of the type is not supported.</param>
public sealed class UnsupportedMediaTypeException(string code, string detail, params IReadOnlyList<string> supported)
    : RequestException(code, detail)
{
    public IReadOnlyList<string> SupportedMediaTypes { get; } = supported;
}

/// <summary>415: the body or a part of it has a content coding. None is supported.</summary>
public sealed class UnsupportedContentCodingException(string code, string detail) : RequestException(code, detail);

/// <summary>
/// 503: the database or the blob store cannot be reached, too many requests change the same rows, or there is no memory for another upload.
/// The client may try again.
/// </summary>
public class UnavailableException(string code, string detail, Exception? cause = null) : RequestException(code, detail, cause);
