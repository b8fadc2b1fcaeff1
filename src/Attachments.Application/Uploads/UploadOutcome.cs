using System.Text.Json;
using System.Text.Json.Serialization;
using Attachments.Application.Errors;
using Attachments.Application.OwnedAttachments;
using Attachments.Application.Sessions;
using Attachments.Application.TemporarySets;
using Attachments.Domain;
using FluentValidation;
using FluentValidation.Results;

namespace Attachments.Application.Uploads;

/// <summary>What came of an upload, as data: it is answered again to a client that has not heard of it.</summary>
[JsonDerivedType(typeof(StoredOutcome), "stored")]
[JsonDerivedType(typeof(RefusedOutcome), "refused")]
public abstract record UploadOutcome
{
    internal string Serialize() => JsonSerializer.Serialize(this);

    internal static UploadOutcome? Deserialize(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<UploadOutcome>(json);
}

/// <summary>The file was attached.</summary>
/// <param name="Sha256">Of the file: 32 bytes.</param>
/// <param name="Result">The result of the plain upload of the family.</param>
public sealed record StoredOutcome(byte[] Sha256, UploadResult Result) : UploadOutcome;

/// <summary>The result of a plain upload. A record's has nothing in it.</summary>
[JsonDerivedType(typeof(SessionPointResult), "session_point")]
[JsonDerivedType(typeof(RecordFileResult), "record_file")]
[JsonDerivedType(typeof(TemporaryItemResult), "temporary_item")]
[JsonDerivedType(typeof(OwnedAttachmentResult), "owned_attachment")]
public abstract record UploadResult;

public sealed record SessionPointResult(AttachedFile File) : UploadResult;

public sealed record RecordFileResult : UploadResult;

public sealed record TemporaryItemResult(TemporaryItemDto Item) : UploadResult;

/// <param name="Attachment">As it was then.</param>
/// <param name="IsNew">It came into being with the upload.</param>
public sealed record OwnedAttachmentResult(OwnedAttachmentDto Attachment, bool IsNew) : UploadResult;

/// <summary>The file was not taken.</summary>
/// <param name="Kind">The kind of refusal.</param>
/// <param name="Code">See <see cref="RequestException.Code"/>.</param>
/// <param name="Detail">One sentence for the client.</param>
/// <param name="Errors">Error messages by field.</param>
public sealed record RefusedOutcome(
    RefusalKind Kind, string Code, string Detail, IReadOnlyDictionary<string, string[]>? Errors = null) : UploadOutcome
{
    /// <summary>The outcome of a refusal; null: the exception is none that decides, and the upload can be finished later.</summary>
    internal static RefusedOutcome? From(Exception exception) => exception switch
    {
        UnavailableException => null,
        ForbiddenException refused => new(RefusalKind.Forbidden, refused.Code, refused.Message),
        NotFoundException refused => new(RefusalKind.NotFound, refused.Code, refused.Message),
        PreconditionFailedException refused => new(RefusalKind.PreconditionFailed, refused.Code, refused.Message),
        TooLargeException refused => new(RefusalKind.TooLarge, refused.Code, refused.Message),
        InvalidRequestException refused => new(RefusalKind.Invalid, refused.Code, refused.Message, refused.Errors),
        RequestException refused => new(RefusalKind.Invalid, refused.Code, refused.Message),
        DomainException refused => new(RefusalKind.Invalid, refused.Code, refused.Message),
        ValidationException refused => new(
            RefusalKind.ValidationFailed,
            "",
            refused.Message,
            refused.Errors.GroupBy(failure => failure.PropertyName).ToDictionary(
                field => field.Key, field => field.Select(failure => failure.ErrorMessage).ToArray())),
        _ => null,
    };

    /// <summary>The refusal as it was thrown.</summary>
    public Exception ToException() => Kind switch
    {
        RefusalKind.Forbidden => new ForbiddenException(Code, Detail),
        RefusalKind.NotFound => new NotFoundException(Code, Detail),
        RefusalKind.PreconditionFailed => new PreconditionFailedException(Code, Detail),
        RefusalKind.TooLarge => new TooLargeException(Code, Detail),
        RefusalKind.ValidationFailed => new ValidationException(
            Errors!.SelectMany(field => field.Value.Select(message => new ValidationFailure(field.Key, message)))),
        _ => new InvalidRequestException(Code, Detail, Errors),
    };
}

/// <summary>The kinds of refusals, as they are stored.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RefusalKind>))]
public enum RefusalKind
{
    Invalid,
    ValidationFailed,
    Forbidden,
    NotFound,
    PreconditionFailed,
    TooLarge,
}
