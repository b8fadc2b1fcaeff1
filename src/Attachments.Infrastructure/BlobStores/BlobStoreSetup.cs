using System.Diagnostics;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.Directories;
using Attachments.Infrastructure.BlobStores.External;
using Attachments.Infrastructure.BlobStores.Ownership;
using Attachments.Infrastructure.BlobStores.S3;
using Attachments.Infrastructure.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores;

/// <summary>Checks the blob store before the service starts: all bytes must be reachable.</summary>
public sealed class BlobStoreSetup(
    IServiceProvider services,
    NpgsqlDataSource dataSource,
    ExternalStores stores,
    IOptions<StorageOptions> storage,
    IOptions<LimitsOptions> limits,
    IOptions<DatabaseOptions> database,
    TimeProvider time)
{
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan MinAttempt = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Waits until the store answers, for as long as <see cref="DatabaseOptions.StartTimeout"/>. The schema has to be there.
    /// </summary>
    /// <exception cref="ConfigurationException">
    /// It does not, or refuses us, or there are blobs in one that is not configured, or the memory for uploads is too little for its
    /// pieces.
    /// </exception>
    public async Task RequireUsable(CancellationToken cancellationToken)
    {
        RequireMemory();
        await RequireDirectory(cancellationToken);
        if (storage.Value.S3 is not { } options)
        {
            await RequireNothing("in_s3", "in S3, but Storage:S3:Bucket is missing", cancellationToken);
            return;
        }

        if (storage.Value.Provider == StorageProvider.S3 && limits.Value.MaxUploadBytes > S3Bucket.MaxObjectBytes)
        {
            throw new ConfigurationException(
                $"Limits:MaxUploadBytes is {limits.Value.MaxUploadBytes}; an object in S3 has at most {S3Bucket.MaxObjectBytes} bytes.");
        }

        await RequireBucket(options, services.GetRequiredService<S3Bucket>(), cancellationToken);
    }

    private void RequireMemory()
    {
        var least = UploadMemory.MinimumBytes(limits.Value, services.GetRequiredService<IBlobStore>().PieceBytes);
        if (limits.Value.MaxUploadMemoryBytes < least)
        {
            throw new ConfigurationException(
                $"Limits:MaxUploadMemoryBytes is {limits.Value.MaxUploadMemoryBytes}; an upload can need up to {least}.");
        }
    }

    /// <summary>
    /// Requires that the stores belong to this database, since the service and the sweeper delete from them. A store without an owner is
    /// claimed for this database.
    /// </summary>
    /// <exception cref="ConfigurationException">One belongs to another database, or does not say.</exception>
    public async Task RequireOwned(CancellationToken cancellationToken)
    {
        if (stores.Configured.Count == 0)
        {
            return;
        }

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        foreach (var ownership in stores.Configured.Select(store => store.Ownership))
        {
            try
            {
                await ownership.Require(connection, cancellationToken);
            }
            catch (UnavailableException exception)
            {
                throw new ConfigurationException(
                    $"The owner of the {ownership.Store} cannot be determined: {exception.InnerException?.Message}");
            }
        }
    }

    /// <summary>Makes this database the owner of the stores.</summary>
    /// <returns>The database.</returns>
    /// <exception cref="ConfigurationException">All bytes are in the database itself.</exception>
    public async Task<DatabaseIdentity> Adopt(CancellationToken cancellationToken)
    {
        var all = stores.RequireAny();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        foreach (var store in all)
        {
            await store.Ownership.Adopt(connection, cancellationToken);
        }

        return await DatabaseIdentity.Read(connection, cancellationToken);
    }

    private async Task RequireDirectory(CancellationToken cancellationToken)
    {
        if (storage.Value.Directory is { Path: not null })
        {
            await Task.Run(services.GetRequiredService<BlobDirectory>().RequireUsable, cancellationToken);
        }
        else
        {
            await RequireNothing("in_directory", "in a directory, but Storage:Directory:Path is missing", cancellationToken);
        }
    }

    private async Task RequireNothing(string isThere, string reason, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"SELECT EXISTS (SELECT FROM blobs WHERE {isThere})");
        if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
        {
            throw new ConfigurationException($"Some files are stored {reason}.");
        }
    }

    private async Task RequireBucket(S3Options options, S3Bucket bucket, CancellationToken cancellationToken)
    {
        var engine = $"The S3 engine at {options.ServiceUrl ?? options.Region}";
        var started = Stopwatch.GetTimestamp();
        var last = "there was no response";
        for (var left = database.Value.StartTimeout; ; left = database.Value.StartTimeout - Stopwatch.GetElapsedTime(started))
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(left > MinAttempt ? left : MinAttempt);
            try
            {
                await bucket.Probe(timeout.Token);
                return;
            }
            catch (Exception exception) when (S3Failures.DescribeMisconfiguration(exception, bucket.Name) is { } fault)
            {
                throw new ConfigurationException($"{engine} {fault}");
            }
            catch (Exception exception) when (S3Failures.IsUnavailable(exception) && !cancellationToken.IsCancellationRequested)
            {
                last = exception is OperationCanceledException ? last : exception.GetBaseException().Message;
                if (Stopwatch.GetElapsedTime(started) >= database.Value.StartTimeout)
                {
                    throw new ConfigurationException($"{engine} could not be reached within {database.Value.StartTimeout}: {last}");
                }

                await Task.Delay(BetweenAttempts, time, cancellationToken);
            }
        }
    }
}
