using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Attachments.Application.Settings;
using Npgsql;

namespace Attachments.Testing;

/// <summary>
/// A bucket of its own for a test, on the S3 engine that <c>ATTACHMENTS_TEST_S3</c> names: the path of a file with S3_ENDPOINT,
/// S3_ACCESS_KEY and S3_SECRET_KEY (as <c>build/s3-engine.sh</c> writes it), or an address with the keys as its user,
/// <c>http://access:secret@127.0.0.1:9000</c>.
/// </summary>
public sealed class TestBucket : IAsyncDisposable
{
    /// <summary>For the report of those that cannot run.</summary>
    public const string WhySkipped = $"{Variable} names no S3 engine; build/s3-engine.sh starts one.";

    private const string Variable = "ATTACHMENTS_TEST_S3";

    /// <summary>Says whose bucket it is.</summary>
    public const string MarkerKey = "blobs/.owner";

    private static int count;

    private readonly AmazonS3Client client;

    private TestBucket(AmazonS3Client client, S3Options options)
    {
        this.client = client;
        Options = options;
    }

    /// <summary>Whether there is an engine.</summary>
    public static bool IsAvailable => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    public S3Options Options { get; }

    /// <summary>For a service that keeps its files here: key and value.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Storage:Provider"] = nameof(StorageProvider.S3),
        ["Storage:S3:ServiceUrl"] = Options.ServiceUrl!,
        ["Storage:S3:Bucket"] = Options.Bucket!,
        ["Storage:S3:AccessKey"] = Options.AccessKey!,
        ["Storage:S3:SecretKey"] = Options.SecretKey!,
    };

    public static async Task<TestBucket> Create()
    {
        var (address, access, secret) = Engine(Environment.GetEnvironmentVariable(Variable)!);
        var options = new S3Options
        {
            ServiceUrl = address,
            AccessKey = access,
            SecretKey = secret,
            Bucket = string.Create(
                CultureInfo.InvariantCulture, $"attachments-test-{Environment.ProcessId}-{Interlocked.Increment(ref count)}"),
        };
        var client = new AmazonS3Client(new BasicAWSCredentials(access, secret), new AmazonS3Config
        {
            ServiceURL = address,
            AuthenticationRegion = "us-east-1",
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
        var bucket = new TestBucket(client, options);
        await client.PutBucketAsync(new PutBucketRequest { BucketName = options.Bucket });
        return bucket;
    }

    public static string GetKey(Guid blobId) => $"blobs/{blobId}";

    /// <summary>The keys of the objects of blobs.</summary>
    public async Task<IReadOnlyList<string>> Keys() => [.. (await AllKeys()).Where(key => key != MarkerKey)];

    /// <summary>Null where there is no such object.</summary>
    public async Task<string?> Text(string key)
    {
        try
        {
            using var response = await client.GetObjectAsync(Options.Bucket, key);
            using var reader = new StreamReader(response.ResponseStream);
            return await reader.ReadToEndAsync();
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The uploads that have not been completed; up to a thousand.</summary>
    public async Task<IReadOnlyList<MultipartUpload>> Uploads() =>
        (await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Options.Bucket })).MultipartUploads ?? [];

    public Task Put(string key, byte[] content) =>
        client.PutObjectAsync(new PutObjectRequest { BucketName = Options.Bucket, Key = key, InputStream = new MemoryStream(content) });

    /// <summary>Copies to another bucket what is there, object by object; one that goes meanwhile is left out.</summary>
    public async Task CopyTo(TestBucket other)
    {
        foreach (var key in await AllKeys())
        {
            try
            {
                await client.CopyObjectAsync(Options.Bucket, key, other.Options.Bucket, key);
            }
            catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
            {
                continue;
            }
        }
    }

    public Task Delete(string key) => client.DeleteObjectAsync(Options.Bucket, key);

    public Task Abort(MultipartUpload upload) => client.AbortMultipartUploadAsync(Options.Bucket, upload.Key, upload.UploadId);

    public Task PutPart(MultipartUpload upload, int number, byte[] content) => client.UploadPartAsync(new UploadPartRequest
    {
        BucketName = Options.Bucket,
        Key = upload.Key,
        UploadId = upload.UploadId,
        PartNumber = number,
        InputStream = new MemoryStream(content),
    });

    /// <summary>Starts an upload and puts one part, as one does who dies then.</summary>
    public async Task LeaveUpload(string key)
    {
        var started = await client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest { BucketName = Options.Bucket, Key = key });
        await client.UploadPartAsync(new UploadPartRequest
        {
            BucketName = Options.Bucket,
            Key = key,
            UploadId = started.UploadId,
            PartNumber = 1,
            InputStream = new MemoryStream(new byte[100]),
        });
    }

    /// <summary>What is in the bucket and in no row, or the other way round: a line for each; empty when nothing is.</summary>
    public async Task<IReadOnlyList<string>> Inspect(string connectionString)
    {
        var known = await Rows(connectionString, "in_s3");
        var stored = await Rows(connectionString, "in_s3 AND store = 1 AND state = 1");
        var keys = await Keys();
        var uploads = (await Uploads()).Select(upload => upload.Key);
        return
        [
            .. keys.Except(known).Select(key => $"object {key} without a blob"),
            .. uploads.Except(known).Select(key => $"upload of {key} without a blob"),
            .. stored.Except(keys).Select(key => $"blob without its object {key}"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var upload in await Uploads())
        {
            await Abort(upload);
        }

        foreach (var key in await AllKeys())
        {
            await Delete(key);
        }

        await client.DeleteBucketAsync(Options.Bucket);
        client.Dispose();
    }

    private async Task<IReadOnlyList<string>> AllKeys()
    {
        var keys = new List<string>();
        var request = new ListObjectsV2Request { BucketName = Options.Bucket };
        do
        {
            var page = await client.ListObjectsV2Async(request);
            keys.AddRange((page.S3Objects ?? []).Select(found => found.Key));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
        return keys;
    }

    private static (string Address, string Access, string Secret) Engine(string given)
    {
        if (Uri.TryCreate(given, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            var keys = address.UserInfo.Split(':', 2);
            var engine = address.GetLeftPart(UriPartial.Scheme) + address.Authority;
            return (engine, Uri.UnescapeDataString(keys[0]), Uri.UnescapeDataString(keys[1]));
        }

        var lines = File.ReadLines(given).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim());
        return (lines["S3_ENDPOINT"], lines["S3_ACCESS_KEY"], lines["S3_SECRET_KEY"]);
    }

    private static async Task<IReadOnlyList<string>> Rows(string connectionString, string condition)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand($"SELECT id FROM blobs WHERE {condition}");
        await using var reader = await command.ExecuteReaderAsync();
        var keys = new List<string>();
        while (await reader.ReadAsync())
        {
            keys.Add(GetKey(reader.GetGuid(0)));
        }

        return keys;
    }
}
