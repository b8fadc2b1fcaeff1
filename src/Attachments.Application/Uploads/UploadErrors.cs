using Attachments.Application.Errors;

namespace Attachments.Application.Uploads;

/// <summary>409: the request does not go on where the upload is.</summary>
/// <param name="expected">The offset of the upload, in bytes.</param>
/// <param name="provided">The offset of the request.</param>
public sealed class OffsetMismatchException(long expected, long provided)
    : RequestException("mismatching_upload_offset", $"The upload goes on at offset {expected}, not at {provided}.")
{
    public long Expected { get; } = expected;

    public long Provided { get; } = provided;
}

/// <summary>400: what the requests say of the length of the file, or send of it, does not agree.</summary>
public sealed class InconsistentLengthException(string detail) : RequestException("inconsistent_upload_length", detail);

/// <summary>460: a chunk does not have the checksum that was sent with it (tus 1.0, "Checksum").</summary>
public sealed class ChecksumMismatchException(string algorithm)
    : RequestException("checksum_mismatch", $"The {algorithm} checksum of the received bytes is not the one that was sent.");

/// <summary>400: another request has taken over the upload.</summary>
public sealed class UploadInterruptedException()
    : RequestException("upload_interrupted", "Another request has taken over this upload.");

/// <summary>429: the caller has too many open uploads.</summary>
public sealed class TooManyUploadsException(int maximum)
    : RequestException("too_many_uploads", $"A user can have at most {maximum} open uploads; finish or delete some.");

/// <summary>503: the service is stopping; what has arrived is stored.</summary>
public sealed class ServiceStoppingException()
    : UnavailableException("service_stopping", "This instance of the service is stopping; go on with the upload.");

internal static class UploadErrors
{
    public static NotFoundException NotFound(Guid id) => new("upload_not_found", $"The caller has no upload '{id}'.");

    public static GoneException Ended() => new("upload_ended", "The upload has ended.");

    public static GoneException Expired() => new("upload_expired", "The upload has expired; begin a new one.");

    public static InconsistentLengthException TooLong(long length) => new($"The upload has {length} bytes, and the request sends more.");

    public static InconsistentLengthException EndsElsewhere(long length, long end) =>
        new($"The upload has {length} bytes, and the request ends it at {end}.");

    public static TooLargeException TooLarge(long maximum) => new("upload_too_large", $"A file can have at most {maximum} bytes.");

    public static ConflictException Complete() => new("upload_complete", "The upload is complete.");
}
