using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Threading.Channels;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Attachments.Infrastructure.Caching;

/// <summary>
/// A cache of files on the local disk. The second request for a file makes a copy from the store, independently of the response, one copy
/// at a time and at the speed of the disk. If the queue is full, a later request copies the file. A copy is served as soon as its bytes
/// have been verified. Without a directory, and before the service starts, there are no copies.
/// </summary>
internal sealed class FileCache(
    IServiceScopeFactory scopes, IOptions<StorageOptions> storage, TimeProvider time, ILogger<FileCache> logger)
    : BackgroundService, IBlobCache
{
    private const int MaxQueued = 64;

    private const int MaxExcluded = 1_000;

    private readonly RecentAnswers recent = new();

    // Files in the queue, and files that could not be copied, which are not tried again until there are many. By digest, in hex.
    private readonly ConcurrentDictionary<string, bool> excluded = new();
    private readonly Channel<StoredFile> queue = Channel.CreateBounded<StoredFile>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true });

    // Null if there is no directory, or if the service has not started.
    private CacheDirectory? directory;

    public byte[]? PredictSha256(object request) =>
        recent.Find(request) is { } sha256 && directory?.Contains(sha256) == true ? sha256 : null;

    public void RecordUse(StoredFile file)
    {
        if (directory is null || file.Request is not { } request || !recent.Add(request, file.Sha256) || !ShouldCache(file))
        {
            return;
        }

        var name = Convert.ToHexString(file.Sha256);
        if (excluded.TryAdd(name, true) && !queue.Writer.TryWrite(file with { Content = null, Request = null }))
        {
            excluded.TryRemove(name, out _);
        }
    }

    public SafeFileHandle? Open(StoredFile file) => directory?.Open(file.Sha256, file.Length);

    public void Remove(StoredFile file) => directory?.Remove(file.Sha256);

    /// <exception cref="ConfigurationException">The directory cannot be used.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (storage.Value.Cache is { Directory: { } path } options)
        {
            directory = CacheDirectory.Acquire(path, options.MaxBytes, time, logger);
        }

        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        directory?.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // If the start of the host has failed, it would report a cancelled wait as another failure.
        await using var end = stoppingToken.Register(() => queue.Writer.TryComplete());
        await foreach (var file in queue.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                await CacheFile(file, stoppingToken);
                excluded.TryRemove(Convert.ToHexString(file.Sha256), out _);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The file is served from the store, and a request reports an error of the store itself.
                logger.LogWarning("Blob {Blob} cannot be copied to the cache: {Message}", file.BlobId, exception.Message);
                if (excluded.Count > MaxExcluded)
                {
                    excluded.Clear();
                }
            }
        }
    }

    private bool ShouldCache(StoredFile file) =>
        directory is { } copies && file.Length > 0 && file.Length <= copies.MaxFileBytes && !copies.Contains(file.Sha256);

    private async Task CacheFile(StoredFile file, CancellationToken cancellationToken)
    {
        if (!ShouldCache(file) || await TryVerifyExisting(file, cancellationToken))
        {
            return;
        }

        var copy = directory!.BeginWrite(file.Length);
        try
        {
            var sha256 = await Write(file, copy, cancellationToken);
            if (!sha256.AsSpan().SequenceEqual(file.Sha256))
            {
                throw new InvalidDataException("Its content does not match its digest.");
            }

            directory.CompleteWrite(copy, file.Sha256);
        }
        finally
        {
            await copy.DisposeAsync();
            File.Delete(copy.Name);
        }
    }

    /// <summary>Compares the copy that is not trusted, or not any more, where there is one.</summary>
    private async Task<bool> TryVerifyExisting(StoredFile file, CancellationToken cancellationToken)
    {
        using var existing = directory!.OpenUnverified(file.Sha256, file.Length);
        if (existing is null)
        {
            return false;
        }

        var compared = FileStamp.Read(existing);
        await using var stream = new FileStream(existing, FileAccess.Read, bufferSize: 0);
        if ((await SHA256.HashDataAsync(stream, cancellationToken)).AsSpan().SequenceEqual(file.Sha256))
        {
            directory.MarkVerified(file.Sha256, compared);
            return true;
        }

        logger.LogWarning("The cached copy of blob {Blob} is damaged; it is deleted.", file.BlobId);
        directory.Remove(file.Sha256);
        return false;
    }

    /// <summary>Writes the file's bytes.</summary>
    /// <returns>The SHA-256 of the bytes written.</returns>
    private async Task<byte[]> Write(StoredFile file, FileStream copy, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        using var hash = SHA256.Create();
        await using (var hashing = new CryptoStream(copy, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            var destination = PipeWriter.Create(hashing, new StreamPipeWriterOptions(leaveOpen: true));
            await scope.ServiceProvider.GetRequiredService<BlobReader>()
                .CopyTo(file.BlobId, 0, file.Length, destination, cancellationToken);
            await destination.CompleteAsync();
        }

        return hash.Hash!;
    }
}
