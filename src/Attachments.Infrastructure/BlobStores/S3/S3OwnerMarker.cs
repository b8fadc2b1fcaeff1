using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Attachments.Application.Errors;
using Attachments.Infrastructure.BlobStores.Ownership;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>
/// The owner marker, in an object beside those of the blobs, so that credentials which suffice for them suffice for it.
/// </summary>
internal sealed class S3OwnerMarker(S3Bucket bucket) : IOwnerMarker
{
    // Not the key of a blob, which is a UUID.
    private const string Key = $"{S3Bucket.Prefix}.owner";

    private readonly S3Requests requests = bucket.Requests;

    public string Store => $"bucket '{bucket.Name}'";

    public Task<string?> Read(CancellationToken cancellationToken) => requests.Execute(
        null,
        async token =>
        {
            using var response = await requests.Client.GetObjectAsync(
                new GetObjectRequest { BucketName = requests.Bucket, Key = Key }, token);
            using var reader = new StreamReader(response.ResponseStream);
            return await reader.ReadToEndAsync(token);
        },
        cancellationToken,
        S3Failures.IsNotFound);

    /// <summary>An existing marker stays. Some engines cannot put conditionally, and replace it.</summary>
    public async Task Create(string text, CancellationToken cancellationToken)
    {
        var request = PutRequest(text);
        request.IfNoneMatch = "*";
        try
        {
            await requests.Execute(
                null, token => requests.Client.PutObjectAsync(request, token), cancellationToken, S3Failures.AlreadyExists);
        }
        catch (UnavailableException failure)
            when (failure.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.NotImplemented })
        {
            await Replace(text, cancellationToken);
        }
    }

    public Task Replace(string text, CancellationToken cancellationToken) =>
        requests.Execute(null, token => requests.Client.PutObjectAsync(PutRequest(text), token), cancellationToken);

    private PutObjectRequest PutRequest(string text) =>
        new() { BucketName = requests.Bucket, Key = Key, ContentBody = text, ContentType = "application/json" };
}
