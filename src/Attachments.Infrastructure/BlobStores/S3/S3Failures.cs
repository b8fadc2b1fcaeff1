using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Attachments.Application.Errors;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>Classifies the failures of an S3 engine and of the network.</summary>
internal static class S3Failures
{
    /// <summary>
    /// The bucket exists, but the object or the upload does not. The error codes of engines do not tell these two apart, and a response to
    /// HEAD has none.
    /// </summary>
    public static bool IsNotFound(AmazonS3Exception exception) =>
        exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode is not "NoSuchBucket";

    /// <summary>An upload cannot be completed, since a part is missing or is another one.</summary>
    public static bool IsInvalidPart(Exception exception) => (exception as AmazonS3Exception ?? exception.InnerException) is
        AmazonS3Exception { ErrorCode: "InvalidPart" };

    /// <summary>The request required that there is no object with that key, but there is one, or one is being written.</summary>
    public static bool AlreadyExists(AmazonS3Exception exception) =>
        exception.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict;

    /// <summary>
    /// The engine cannot be reached or cannot serve requests. Credentials or a bucket that were valid at the start and no longer are count
    /// too, since the client can only try again.
    /// </summary>
    public static bool IsUnavailable(Exception exception) => exception switch
    {
        AmazonServiceException refused => IsUnavailable((int)refused.StatusCode, refused.ErrorCode),
        AmazonClientException or HttpRequestException or IOException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>
    /// The engine is overloaded and asks for fewer or later requests. Any other failure may concern only the one object, so the bucket must
    /// be probed.
    /// </summary>
    public static bool IsBusy(Exception exception) =>
        exception is AmazonServiceException
        {
            StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
        };

    /// <summary>
    /// Describes why the configured bucket can never be used. The text follows the engine's address in a sentence. Null: the failure is not
    /// of this kind.
    /// </summary>
    public static string? DescribeMisconfiguration(Exception exception, string bucket) => exception switch
    {
        AmazonS3Exception { ErrorCode: "NoSuchBucket" } => $"has no bucket '{bucket}'.",
        AmazonS3Exception refusal when (int)refusal.StatusCode is >= 300 and < 500 and not (408 or 429) =>
            $"refuses requests for bucket '{bucket}': {refusal.ErrorCode}, {refusal.Message}",
        _ => null,
    };

    /// <summary>Translates a failure into the application's exception.</summary>
    public static UnavailableException Unavailable(Exception exception) =>
        new("store_unavailable", "The file store is temporarily unavailable; try again.", exception);

    private static bool IsUnavailable(int status, string? code) =>
        status is 0 or 401 or 403 or 408 or 409 or 429 or >= 500 || code is "NoSuchBucket" or "RequestTimeout";
}
