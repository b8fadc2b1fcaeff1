using Attachments.Application.Content.Blobs;
using Attachments.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Attachments.Infrastructure.Sweeping;

/// <summary>
/// Reads blobs from before CRC-32 was computed on upload, a little every minute, and fills it in. One whose bytes are missing or damaged is
/// passed over, and met again when all others are done.
/// </summary>
public sealed class ChecksumFiller(IServiceScopeFactory scopes, TimeProvider time, ILogger<ChecksumFiller> logger) : BackgroundService
{
    private const int MaxBlobs = 1000;

    private const long MaxBytes = 256 << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private Guid last;

    /// <summary>Fills in what a minute's share is: at least one blob, if there is one, and no more once the share is reached.</summary>
    /// <returns>The number of blobs read.</returns>
    public async Task<int> FillSome(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>();
        var check = scope.ServiceProvider.GetRequiredService<ContentCheck>();
        var page = await ContentCheck.Live(context.Blobs.AsNoTracking())
            .Where(blob => blob.Crc32 == null && blob.Id > last)
            .OrderBy(blob => blob.Id)
            .Take(MaxBlobs)
            .ToListAsync(cancellationToken);
        var (read, bytes) = (0, 0L);
        var buffer = page.Count > 0 ? ContentCheck.CreateBuffer() : [];
        foreach (var blob in page.TakeWhile(_ => bytes < MaxBytes))
        {
            if ((await check.Check(blob, buffer, cancellationToken)).Fault is not BlobFault.None and var fault)
            {
                logger.LogWarning("Blob {Blob} has no checksum, since its bytes cannot be read as they were stored: {Fault}.", blob.Id, fault);
            }

            (read, bytes, last) = (read + 1, bytes + blob.Length, blob.Id);
        }

        if (page.Count == 0)
        {
            last = Guid.Empty;
        }

        return read;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        await using var stop = stoppingToken.Register(timer.Dispose);
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            try
            {
                await FillSome(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(exception, "Checksums could not be filled in; the next attempt continues where this one stopped.");
            }
        }
    }
}
