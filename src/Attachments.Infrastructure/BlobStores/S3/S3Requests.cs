using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>Sends requests about one bucket, and translates their failures.</summary>
internal sealed class S3Requests(IAmazonS3 client, string bucket)
{
    /// <summary>The time for one request with its retries.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The timeout of a batch of small requests; a transaction may be waiting for it.</summary>
    private static readonly TimeSpan BatchTimeout = TimeSpan.FromMinutes(1);

    private const int RequestsAtOnce = 8;

    public IAmazonS3 Client => client;

    public string Bucket => bucket;

    /// <summary>Lists one object: this needs the engine, the bucket and the credentials, and is cheap.</summary>
    /// <exception cref="AmazonServiceException">The engine refuses.</exception>
    public Task Probe(CancellationToken cancellationToken) => client.ListObjectsV2Async(
        new ListObjectsV2Request { BucketName = bucket, Prefix = S3Bucket.Prefix, MaxKeys = 1 }, cancellationToken);

    /// <summary>Sends one request.</summary>
    /// <param name="blobId">The blob whose object the request is about; null: no blob, so that any failure is the bucket's.</param>
    /// <param name="send">Sends the request.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <param name="isAbsence">The refusal that is answered with null.</param>
    /// <param name="timeout">Null: <see cref="Timeout"/>.</param>
    /// <exception cref="UnavailableException">The engine or the bucket does not answer.</exception>
    /// <exception cref="BlobRefusedException">The bucket answers, but refuses this request about a blob.</exception>
    public async Task<T?> Execute<T>(
        Guid? blobId,
        Func<CancellationToken, Task<T>> send,
        CancellationToken cancellationToken,
        Func<AmazonS3Exception, bool>? isAbsence = null,
        TimeSpan? timeout = null)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(timeout ?? Timeout);
        try
        {
            return await send(limited.Token);
        }
        catch (AmazonS3Exception exception) when (isAbsence?.Invoke(exception) == true)
        {
            return default;
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            // A cancelled request fails in several ways.
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (Exception exception) when (S3Failures.IsUnavailable(exception))
        {
            throw blobId is { } one && !S3Failures.IsBusy(exception) && await IsReachable(cancellationToken)
                ? new BlobRefusedException([one], exception)
                : S3Failures.Unavailable(exception);
        }
        catch (AmazonServiceException exception)
        {
            throw blobId is { } one ? new BlobRefusedException([one], exception) : S3Failures.Unavailable(exception);
        }
    }

    /// <summary>Sends requests about several blobs, some at a time.</summary>
    /// <returns>The refusals. The requests about the other blobs succeeded.</returns>
    /// <exception cref="UnavailableException">The requests took too long.</exception>
    public static async Task<IReadOnlyCollection<BlobRefusedException>> ForEach(
        IReadOnlyCollection<Guid> blobIds, Func<Guid, CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(BatchTimeout);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = timeout.Token };
        var refused = new ConcurrentQueue<BlobRefusedException>();
        try
        {
            await Parallel.ForEachAsync(blobIds, parallel, async (blobId, token) =>
            {
                try
                {
                    await act(blobId, token);
                }
                catch (BlobRefusedException refusal)
                {
                    refused.Enqueue(refusal);
                }
            });
            return refused;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw S3Failures.Unavailable(exception);
        }
    }

    private async Task<bool> IsReachable(CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(ProbeTimeout);
        try
        {
            await Probe(limited.Token);
            return true;
        }
        catch (Exception exception) when (exception is AmazonServiceException || S3Failures.IsUnavailable(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }
}
