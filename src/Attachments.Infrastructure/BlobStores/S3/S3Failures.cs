using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Attachments.Application.Errors;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>What the failures of an S3 engine and of the way to it mean to a request.</summary>
internal static class S3Failures
{
    /// <summary>
    /// There is a bucket, and no object of that key or no such upload. Which of the two, the codes of engines do not tell alike, and the
    /// answer to HEAD has none.
    /// </summary>
    public static bool IsNotFound(AmazonS3Exception exception) =>
        exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode is not "NoSuchBucket";

    /// <summary>There is an object of that key already, or one is being made, and the request was for one where there is none.</summary>
    public static bool AlreadyExists(AmazonS3Exception exception) =>
        exception.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict;

    /// <summary>
    /// The engine cannot be reached, or cannot serve just now: no answer, or one that speaks of it and not of the request. Credentials or a
    /// bucket that were good at the start and are not any more are of that kind too: the caller can do nothing but come again.
    /// </summary>
    public static bool IsUnavailable(Exception exception) => exception switch
    {
        AmazonServiceException refused => IsUnavailable((int)refused.StatusCode, refused.ErrorCode),
        AmazonClientException or HttpRequestException or IOException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>
    /// The failure is one of the engine and not of what it was asked for: it wants to be asked less often, or later. Any other may be of the
    /// one object, which the bucket has to be asked.
    /// </summary>
    public static bool IsBusy(Exception exception) =>
        exception is AmazonServiceException
        {
            StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
        };

    /// <summary>
    /// Why the configured bucket can never be used, to follow the engine's address in a sentence; null: the failure does not say so.
    /// </summary>
    public static string? DescribeMisconfiguration(Exception exception, string bucket) => exception switch
    {
        AmazonS3Exception { ErrorCode: "NoSuchBucket" } => $"has no bucket '{bucket}'.",
        AmazonS3Exception refusal when (int)refusal.StatusCode is >= 300 and < 500 and not (408 or 429) =>
            $"refuses to show bucket '{bucket}': {refusal.ErrorCode}, {refusal.Message}",
        _ => null,
    };

    /// <summary>The application's word for it.</summary>
    public static UnavailableException Unavailable(Exception exception) =>
        new("store_unavailable", "The file store is temporarily unavailable; try again.", exception);

    private static bool IsUnavailable(int status, string? code) =>
        status is 0 or 401 or 403 or 408 or 409 or 429 or >= 500 || code is "NoSuchBucket" or "RequestTimeout";
}
