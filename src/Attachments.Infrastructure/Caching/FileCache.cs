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
    private const int MaxWaiting = 64;

    private const int MaxSetAside = 1_000;

    private readonly RecentAnswers recent = new();

    // Files in the queue, and files that could not be copied, which are not tried again until there are many. By digest, in hex.
    private readonly ConcurrentDictionary<string, bool> setAside = new();
    private readonly Channel<StoredFile> waiting = Channel.CreateBounded<StoredFile>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    // Null if there is no directory, or if the service has not started.
    private CopyDirectory? directory;

    public byte[]? PredictSha256(object request) =>
        recent.Find(request) is { } sha256 && directory?.Has(sha256) == true ? sha256 : null;

    public void RecordUse(StoredFile file)
    {
        if (directory is null || file.Request is not { } request || !recent.Add(request, file.Sha256) || !IsWorthACopy(file))
        {
            return;
        }

        var name = Convert.ToHexString(file.Sha256);
        if (setAside.TryAdd(name, true) && !waiting.Writer.TryWrite(file with { Content = null, Request = null }))
        {
            setAside.TryRemove(name, out _);
        }
    }

    public SafeFileHandle? Open(StoredFile file) => directory?.Open(file.Sha256, file.Length);

    public void Drop(StoredFile file) => directory?.Drop(file.Sha256);

    /// <exception cref="ConfigurationException">The directory cannot be used.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (storage.Value.Cache is { Directory: { } path } options)
        {
            directory = CopyDirectory.Take(path, options.MaxBytes, time, logger);
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
        await using var end = stoppingToken.Register(() => waiting.Writer.TryComplete());
        await foreach (var file in waiting.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                await Copy(file, stoppingToken);
                setAside.TryRemove(Convert.ToHexString(file.Sha256), out _);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The file is served from the store, and a request reports an error of the store itself.
                logger.LogWarning("Blob {Blob} cannot be copied to the cache: {Message}", file.BlobId, exception.Message);
                if (setAside.Count > MaxSetAside)
                {
                    setAside.Clear();
                }
            }
        }
    }

    private bool IsWorthACopy(StoredFile file) =>
        directory is { } copies && file.Length > 0 && file.Length <= copies.MaxFileBytes && !copies.Has(file.Sha256);

    private async Task Copy(StoredFile file, CancellationToken cancellationToken)
    {
        if (!IsWorthACopy(file) || await AdoptLeft(file, cancellationToken))
        {
            return;
        }

        var copy = directory!.Begin(file.Length);
        try
        {
            var sha256 = await Write(file, copy, cancellationToken);
            if (!sha256.AsSpan().SequenceEqual(file.Sha256))
            {
                throw new InvalidDataException("Its content does not match its digest.");
            }

            directory.Finish(copy, file.Sha256);
        }
        finally
        {
            await copy.DisposeAsync();
            File.Delete(copy.Name);
        }
    }

    /// <summary>Compares the copy that is not trusted, or not any more, where there is one.</summary>
    private async Task<bool> AdoptLeft(StoredFile file, CancellationToken cancellationToken)
    {
        using var left = directory!.OpenUnverified(file.Sha256, file.Length);
        if (left is null)
        {
            return false;
        }

        var compared = FileStamp.Of(left);
        await using var stream = new FileStream(left, FileAccess.Read, bufferSize: 0);
        if ((await SHA256.HashDataAsync(stream, cancellationToken)).AsSpan().SequenceEqual(file.Sha256))
        {
            directory.Trust(file.Sha256, compared);
            return true;
        }

        logger.LogWarning("The copy of blob {Blob} is damaged, and is deleted.", file.BlobId);
        directory.Drop(file.Sha256);
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
