using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Microsoft.Extensions.Logging;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>Creates the S3 client.</summary>
internal static class S3Connection
{
    private const string DefaultRegion = "us-east-1";

    private const int MaxRetries = 3;

    /// <summary>The bucket as it is configured. Nothing is asked of it yet.</summary>
    /// <exception cref="ConfigurationException">There are no credentials to be found.</exception>
    public static S3Bucket Open(S3Options options, ILogger<S3Bucket> logger)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.ForcePathStyle ?? options.ServiceUrl is not null,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = MaxRetries,

            // Most engines except Amazon's do not support trailing checksums. The signature covers each payload, and blobs have digests.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            HttpClientFactory = new ShortConnectTimeoutFactory(),
        };
        if (options.ServiceUrl is { } address)
        {
            config.ServiceURL = address;
            config.AuthenticationRegion = options.Region ?? DefaultRegion;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        return new S3Bucket(Connect(options, config), options.Bucket!, logger);
    }

    private static AmazonS3Client Connect(S3Options options, AmazonS3Config config)
    {
        try
        {
            return options is { AccessKey: { } access, SecretKey: { } secret }
                ? new AmazonS3Client(new BasicAWSCredentials(access, secret), config)
                : new AmazonS3Client(config);
        }
        catch (AmazonClientException exception)
        {
            throw new ConfigurationException($"The S3 client cannot be created: {exception.Message}");
        }
    }

    /// <summary>
    /// An engine that does not accept a connection is retried soon. The timeout of a response depends on the request, so a token of the
    /// request sets it.
    /// </summary>
    private sealed class ShortConnectTimeoutFactory : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }
}
