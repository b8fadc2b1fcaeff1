using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Amazon.S3;
using Amazon.S3.Model;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Microsoft.Extensions.Logging;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>
/// The bucket with one object per blob, named by the blob's id. A failed request throws an <see cref="UnavailableException"/> after the
/// client's retries and within <see cref="S3Requests.Timeout"/>, or a <see cref="BlobRefusedException"/> if the bucket is reachable and
/// only this object fails.
/// </summary>
public sealed class S3Bucket(IAmazonS3 client, string name, ILogger<S3Bucket> logger) : IDisposable
{
    /// <summary>By the protocol: 5 TiB.</summary>
    public const long MaxObjectBytes = 5L << 40;

    /// <summary>By the protocol.</summary>
    private const int MaxParts = 10_000;

    /// <summary>More than the protocol asks for (5 MiB), and just what the pool of buffers has.</summary>
    private const int MinPartBytes = 8 << 20;

    /// <summary>The start of every key.</summary>
    internal const string Prefix = "blobs/";

    /// <summary>Completing a large upload may take minutes, and continues even after the client has disconnected.</summary>
    private static readonly TimeSpan CompletionTimeout = TimeSpan.FromMinutes(10);

    /// <summary>The timeout of one of many deletions. It is shorter than that of the batch, so one that hangs is skipped.</summary>
    private static readonly TimeSpan DeletionTimeout = TimeSpan.FromSeconds(20);

    private readonly S3Requests requests = new(client, name);

    public string Name => name;

    internal S3Requests Requests => requests;

    /// <summary>
    /// The length of each part but the last of an object of up to <paramref name="length"/> bytes, in whole MiB. An object that is no
    /// longer than this is put whole.
    /// </summary>
    public static int PartBytesFor(long length)
    {
        var least = (Math.Min(length, MaxObjectBytes) + MaxParts - 1) / MaxParts;
        return Math.Max(MinPartBytes, (int)(((least + (1 << 20) - 1) >> 20) << 20));
    }

    /// <summary>Stores an object whole.</summary>
    public Task Put(Guid blobId, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => requests.Execute(
        blobId,
        token => client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = name,
                Key = GetKey(blobId),
                InputStream = AsStream(content),
                ContentType = "application/octet-stream",
            },
            token),
        cancellationToken);

    /// <returns>The upload's id.</returns>
    public async Task<string> StartUpload(Guid blobId, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = name,
            Key = GetKey(blobId),
            ContentType = "application/octet-stream",
        };
        return (await requests.Execute(blobId, token => client.InitiateMultipartUploadAsync(request, token), cancellationToken))!.UploadId;
    }

    /// <param name="blobId">Whose object.</param>
    /// <param name="uploadId">See <see cref="StartUpload"/>.</param>
    /// <param name="number">From 1 on.</param>
    /// <param name="content">See <see cref="PartBytesFor"/>.</param>
    /// <param name="cancellationToken">Leaves the upload as it was.</param>
    /// <returns>The ETag of the part; null: there is no such upload any more.</returns>
    public async Task<string?> PutPart(
        Guid blobId, string uploadId, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var request = new UploadPartRequest
        {
            BucketName = name,
            Key = GetKey(blobId),
            UploadId = uploadId,
            PartNumber = number,
            PartSize = content.Length,
            InputStream = AsStream(content),
        };
        var response = await requests.Execute(
            blobId, token => client.UploadPartAsync(request, token), cancellationToken, S3Failures.IsNotFound);
        return response?.ETag;
    }

    /// <summary>Completes an upload: its parts become an object.</summary>
    /// <returns>False: there is no object of that length afterwards.</returns>
    public async Task<bool> CompleteUpload(Guid blobId, string uploadId, long length, CancellationToken cancellationToken)
    {
        return await ListParts(blobId, uploadId, cancellationToken) is { } parts
            ? await CompleteUpload(blobId, uploadId, parts, length, cancellationToken)
            : await GetLength(blobId, cancellationToken) == length;
    }

    /// <summary>Completes an upload from these parts alone.</summary>
    /// <returns>False: there is no object of that length afterwards, since a part is missing or another one than this.</returns>
    public async Task<bool> CompleteUpload(
        Guid blobId, string uploadId, List<PartETag> parts, long length, CancellationToken cancellationToken)
    {
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = name,
            Key = GetKey(blobId),
            UploadId = uploadId,
            PartETags = parts,
        };
        try
        {
            await requests.Execute(
                blobId,
                token => client.CompleteMultipartUploadAsync(request, token),
                cancellationToken,
                S3Failures.IsNotFound,
                CompletionTimeout);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The engine may have completed it nevertheless, and its response was late or lost.
            logger.LogWarning(failure, "Completing the upload of blob {Blob} failed; its object decides.", blobId);
            return await GetLength(blobId, cancellationToken) == length
                ? true
                : S3Failures.IsInvalidPart(failure) ? false : throw (failure as UnavailableException ?? S3Failures.Unavailable(failure));
        }

        // Always check the object: a lost response leaves no upload but a complete object, and some engines answer 200 for an upload that
        // does not exist.
        return await GetLength(blobId, cancellationToken) == length;
    }

    /// <summary>Reads from <paramref name="offset"/> on, until the buffer is full or the object ends.</summary>
    /// <returns>How much was read; null where there is no object.</returns>
    public async Task<int?> Read(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        var request = new GetObjectRequest
        {
            BucketName = name,
            Key = GetKey(blobId),
            ByteRange = new ByteRange(offset, offset + buffer.Length - 1),
        };
        return await requests.Execute<int?>(
            blobId,
            async token =>
            {
                try
                {
                    return await ReadBody(request, buffer, token);
                }
                catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    return 0;
                }
                catch (AmazonS3Exception exception) when (S3Failures.IsNotFound(exception))
                {
                    return null;
                }
            },
            cancellationToken);
    }

    /// <returns>In bytes; null where there is no object.</returns>
    public async Task<long?> GetLength(Guid blobId, CancellationToken cancellationToken)
    {
        var request = new GetObjectMetadataRequest { BucketName = name, Key = GetKey(blobId) };
        var response = await requests.Execute(
            blobId, token => client.GetObjectMetadataAsync(request, token), cancellationToken, S3Failures.IsNotFound);
        return response?.ContentLength;
    }

    /// <returns>As <see cref="GetLength"/>, of each; null too where the bucket refuses to tell.</returns>
    public async Task<IReadOnlyDictionary<Guid, long?>> GetLengths(
        IReadOnlyCollection<Guid> blobIds, CancellationToken cancellationToken)
    {
        var lengths = new ConcurrentDictionary<Guid, long?>();
        var refused = await S3Requests.ForEach(
            blobIds, async (blobId, token) => lengths[blobId] = await GetLength(blobId, token), cancellationToken);
        foreach (var blobId in refused.SelectMany(refusal => refusal.BlobIds))
        {
            lengths[blobId] = null;
        }

        return lengths;
    }

    /// <summary>Deletes objects, whether or not they are there, one by one: not every engine takes them together.</summary>
    /// <param name="blobIds">Whose objects.</param>
    /// <param name="withUploads">Whether to look for uploads that were not completed, too.</param>
    /// <param name="cancellationToken">Leaves some of them.</param>
    /// <exception cref="BlobRefusedException">Names those that are still there; all the others are deleted.</exception>
    public async Task Delete(IReadOnlyCollection<Guid> blobIds, bool withUploads, CancellationToken cancellationToken)
    {
        var refused = await S3Requests.ForEach(
            blobIds,
            async (blobId, token) =>
            {
                if (withUploads)
                {
                    await AbortUploads(blobId, token);
                }

                await Delete(blobId, token);
            },
            cancellationToken);
        if (refused.Count > 0)
        {
            throw new BlobRefusedException([.. refused.SelectMany(refusal => refusal.BlobIds)], refused.First());
        }
    }

    /// <summary>Aborts every incomplete upload of an object, including uploads whose id was never recorded.</summary>
    public async Task AbortUploads(Guid blobId, CancellationToken cancellationToken)
    {
        await foreach (var uploadId in ListUploads(blobId, cancellationToken))
        {
            await AbortUpload(blobId, uploadId, cancellationToken);
        }
    }

    public Task AbortUpload(Guid blobId, string uploadId, CancellationToken cancellationToken)
    {
        var request = new AbortMultipartUploadRequest { BucketName = name, Key = GetKey(blobId), UploadId = uploadId };
        return requests.Execute(
            blobId, token => client.AbortMultipartUploadAsync(request, token), cancellationToken, S3Failures.IsNotFound);
    }

    /// <summary>Whether an upload has these parts.</summary>
    public async Task<bool> HasParts(Guid blobId, string uploadId, IReadOnlyCollection<PartETag> parts, CancellationToken cancellationToken)
    {
        var there = await ListParts(blobId, uploadId, cancellationToken) ?? [];
        return parts.Select(Identify).ToHashSet().IsSubsetOf(there.Select(Identify));

        static (int?, string) Identify(PartETag part) => (part.PartNumber, part.ETag.Trim('"'));
    }

    /// <inheritdoc cref="S3Requests.Probe"/>
    public Task Probe(CancellationToken cancellationToken) => requests.Probe(cancellationToken);

    public void Dispose() => client.Dispose();

    private Task<DeleteObjectResponse?> Delete(Guid blobId, CancellationToken cancellationToken) => requests.Execute(
        blobId,
        token => client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = name, Key = GetKey(blobId) }, token),
        cancellationToken,
        S3Failures.IsNotFound,
        DeletionTimeout);

    private static string GetKey(Guid blobId) => $"{Prefix}{blobId}";

    /// <summary>A view, not a copy: the caller keeps the memory until the request has ended.</summary>
    private static MemoryStream AsStream(ReadOnlyMemory<byte> content) => MemoryMarshal.TryGetArray(content, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(content.ToArray(), writable: false);

    private async Task<int?> ReadBody(GetObjectRequest request, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var response = await client.GetObjectAsync(request, cancellationToken);
        var promised = (int)Math.Min(response.ContentLength, buffer.Length);
        if (response.HttpStatusCode != HttpStatusCode.PartialContent && request.ByteRange.Start > 0)
        {
            // An engine that leaves the range aside sends the object from its beginning.
            throw new IOException("The S3 engine ignored the range of a request.");
        }

        await response.ResponseStream.ReadExactlyAsync(buffer[..promised], cancellationToken);
        return promised;
    }

    /// <summary>Null: there is no such upload.</summary>
    private async Task<List<PartETag>?> ListParts(Guid blobId, string uploadId, CancellationToken cancellationToken)
    {
        var parts = new List<PartETag>();
        var request = new ListPartsRequest { BucketName = name, Key = GetKey(blobId), UploadId = uploadId };
        do
        {
            var response = await requests.Execute(
                blobId, token => client.ListPartsAsync(request, token), cancellationToken, S3Failures.IsNotFound);
            if (response is not { } page)
            {
                return null;
            }

            parts.AddRange((page.Parts ?? []).Select(part => new PartETag(part.PartNumber ?? 0, part.ETag)));
            request.PartNumberMarker = page.IsTruncated == true ? page.NextPartNumberMarker?.ToString(CultureInfo.InvariantCulture) : null;
        }
        while (request.PartNumberMarker is not null);
        return parts;
    }

    private async IAsyncEnumerable<string> ListUploads(Guid blobId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Ids are of one length, so no key begins with another.
        var request = new ListMultipartUploadsRequest { BucketName = name, Prefix = GetKey(blobId) };
        do
        {
            var page = await requests.Execute(blobId, token => client.ListMultipartUploadsAsync(request, token), cancellationToken);
            foreach (var upload in page!.MultipartUploads ?? [])
            {
                yield return upload.UploadId;
            }

            (request.KeyMarker, request.UploadIdMarker) =
                page.IsTruncated == true ? (page.NextKeyMarker, page.NextUploadIdMarker) : (null, null);
        }
        while (request.KeyMarker is not null);
    }
}
