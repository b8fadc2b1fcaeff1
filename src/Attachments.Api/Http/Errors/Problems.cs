using System.Globalization;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Previews;
using Attachments.Application.Uploads;
using Attachments.Domain;
using FluentValidation;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Attachments.Api.Http.Errors;

/// <summary>Maps exceptions, binding errors and bare status codes to problems.</summary>
internal static class Problems
{
    private const string ValidationFailed = "validation_failed";
    private const string SecondsToRetry = "5";
    private const string CacheOfNoPreview = "private, max-age=3600";
    private const string SecondsUntilUploadsEnd = "60";

    /// <summary>The registry of RFC 9457, section 4.2.</summary>
    private const string RegisteredTypes = "https://iana.org/assignments/http-problem-types#";

    /// <summary>The answer to a request that ended in <paramref name="exception"/>.</summary>
    public static Problem For(Exception exception) => exception switch
    {
        InvalidRequestException refused => new(400, refused.Code, refused.Message) { Errors = refused.Errors },
        OffsetMismatchException refused => new(409, refused.Code, refused.Message)
        {
            Type = $"{RegisteredTypes}mismatching-upload-offset",
            ExpectedOffset = refused.Expected,
            ProvidedOffset = refused.Provided,
        },
        InconsistentLengthException refused => new(400, refused.Code, refused.Message)
        {
            Type = $"{RegisteredTypes}inconsistent-upload-length",
        },
        UploadInterruptedException refused => new(400, refused.Code, refused.Message) { ClosesConnection = true },
        ChecksumMismatchException refused => new(460, refused.Code, refused.Message),
        TooManyUploadsException refused => new(429, refused.Code, refused.Message)
        {
            Headers = new Dictionary<string, string> { ["Retry-After"] = SecondsUntilUploadsEnd },
        },
        DigestMismatchException refused => new(400, refused.Code, refused.Message),
        ForbiddenException refused => new(403, refused.Code, refused.Message),
        NoPreviewException refused => new(404, refused.Code, refused.Message)
        {
            Headers = new Dictionary<string, string> { ["Cache-Control"] = CacheOfNoPreview },
        },
        NotFoundException refused => new(404, refused.Code, refused.Message),
        NotAcceptableException refused => new(406, refused.Code, refused.Message),
        ConflictException refused => new(409, refused.Code, refused.Message),
        GoneException refused => new(410, refused.Code, refused.Message),
        ProtocolVersionException refused => new(412, refused.Code, refused.Message)
        {
            Headers = new Dictionary<string, string> { [refused.Field] = refused.Versions },
        },
        PreconditionFailedException refused => new(412, refused.Code, refused.Message),
        TooLargeException refused => new(413, refused.Code, refused.Message),
        UnsupportedMediaTypeException refused => new(415, refused.Code, refused.Message)
        {
            SupportedMediaTypes = refused.SupportedMediaTypes,
        },
        UnsupportedContentCodingException refused => new(415, refused.Code, refused.Message)
        {
            Headers = new Dictionary<string, string> { ["Accept-Encoding"] = "identity" },
        },
        ServiceStoppingException stopping => new(503, stopping.Code, stopping.Message)
        {
            Headers = new Dictionary<string, string> { ["Retry-After"] = "1" },
            ClosesConnection = true,
        },
        PreviewBusyException busy => new(503, busy.Code, busy.Message)
        {
            Headers = new Dictionary<string, string>
            {
                ["Retry-After"] = Math.Ceiling(busy.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            },
        },
        UnavailableException failed => new(503, failed.Code, failed.Message)
        {
            Headers = new Dictionary<string, string> { ["Retry-After"] = SecondsToRetry },
        },
        DomainException refused => new(400, refused.Code, refused.Message),
        ValidationException invalid => Invalid(invalid),
        RangeNotSatisfiableException refused => new(416, refused.Code, refused.Message)
        {
            Headers = new Dictionary<string, string> { ["Content-Range"] = refused.ContentRange },
        },
        BadHttpRequestException bad => ForStatus(bad.StatusCode, routed: true) with { Detail = bad.Message },
        BlobDamagedException => new(500, "content_damaged", "The stored content cannot be read. The error has been logged."),
        BlobGoneException => new(410, BlobGoneException.Code, BlobGoneException.Detail),
        _ => ForStatus(500, routed: true),
    };

    /// <summary>Route, query or header values that cannot be bound.</summary>
    public static Problem For(ModelStateDictionary state) => Invalid(
        state.Where(field => field.Value is { Errors.Count: > 0 }).ToDictionary(
            field => field.Key, field => field.Value!.Errors.Select(GetMessage).ToArray()));

    /// <summary>An answer that has a status and nothing else.</summary>
    /// <param name="status">400 to 599.</param>
    /// <param name="routed">The path is one that the service knows.</param>
    public static Problem ForStatus(int status, bool routed) => status switch
    {
        400 => new(status, "bad_request", "The request is malformed."),
        401 => new(status, "unauthenticated", "A valid bearer token is required."),
        403 => new(status, "forbidden", "The caller is not allowed to do this."),
        404 when !routed => new(status, "route_not_found", "There is no resource at this address."),
        404 => new(status, "not_found", "The resource does not exist."),
        405 => new(status, "method_not_allowed", "The method is not allowed at this address; the Allow header lists the allowed ones."),
        406 => new(status, "not_acceptable", "No available representation matches the Accept header."),
        408 => new(status, "request_timeout", "The request took too long to arrive."),
        410 => new(status, "gone", "The resource is gone."),
        411 => new(status, "length_required"),
        413 => new(status, "request_too_large", "The request is larger than the service accepts."),
        414 => new(status, "uri_too_long"),
        415 => new(status, "unsupported_media_type", "The address does not accept this content type."),
        416 => new(status, "range_not_satisfiable"),
        431 => new(status, "headers_too_large"),
        500 => new(status, "internal_error"),
        501 => new(status, "transfer_coding_unsupported"),
        503 => new(status, "unavailable"),
        _ => new(status, $"http_{status}"),
    };

    private static Problem Invalid(ValidationException exception) => Invalid(
        exception.Errors.GroupBy(failure => failure.PropertyName).ToDictionary(
            field => field.Key, field => field.Select(failure => failure.ErrorMessage).Distinct().ToArray()));

    private static Problem Invalid(Dictionary<string, string[]> errors) =>
        new(400, ValidationFailed, "The request is not valid; see errors.") { Errors = errors };

    // Without a message there is an exception, whose words are not meant for the caller.
    private static string GetMessage(ModelError error) =>
        error.ErrorMessage is { Length: > 0 } message ? message : "The value is not valid.";
}
