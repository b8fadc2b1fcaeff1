using Attachments.Application.Access;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Persistence;
using Attachments.Domain.Previews;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Previews;

/// <summary>Stores what came of an image: the previews, or why there are none. If another replica was faster, its previews stay.</summary>
public sealed class PreviewWriter(
    IBlobStore store,
    ITransactionalBlobStore? transactional,
    IAttachmentsDb db,
    IOptions<PreviewsOptions> options,
    TimeProvider time,
    ILogger<PreviewWriter> logger)
{
    private const string MediaType = "image/jpeg";

    /// <summary>How long after it took too long an image is decoded once more.</summary>
    private static readonly TimeSpan UntilRetry = TimeSpan.FromMinutes(10);

    /// <exception cref="BlobGoneException">The image was reclaimed meanwhile.</exception>
    public async Task Save(PreviewKey key, PreviewRendering rendering, string engine, CancellationToken cancellationToken)
    {
        var owner = await FindOwner(key.SourceBlobId, cancellationToken) ?? throw new BlobGoneException(key.SourceBlobId);
        await using var receiver = new UploadReceiver(
            store, transactional, db, new Caller(owner, IsAdmin: false), long.MaxValue, metrics: null, time, logger);
        var files = new Dictionary<PreviewKey, ReceivedFile>();
        foreach (var (preset, content) in rendering.Previews)
        {
            var recipe = PreviewRecipes.Create(engine, options.Value.GetPresets()[preset]);
            files[key with { Recipe = recipe, Preset = preset }] = await Receive(receiver, content, cancellationToken);
        }

        db.Forget();
        await db.Change(
            async token =>
            {
                // A transaction that meets the sweeper fails on the foreign key, and begins again here.
                _ = await FindOwner(key.SourceBlobId, token) ?? throw new BlobGoneException(key.SourceBlobId);
                await (rendering.Refusal is { } refusal ? Refuse(key, refusal, token) : Complete(files, receiver, token));
                return 0;
            },
            CancellationToken.None);
    }

    private static Task<ReceivedFile> Receive(UploadReceiver receiver, byte[] content, CancellationToken cancellationToken) => receiver.Receive(
        new IncomingFile(FileName: null, MediaType, content.Length, ExpectedDigests.None, new MemoryStream(content)), cancellationToken);

    private Task<Guid?> FindOwner(Guid blobId, CancellationToken cancellationToken) =>
        db.Blobs.Where(blob => blob.Id == blobId).Select(blob => (Guid?)blob.StoredBy).SingleOrDefaultAsync(cancellationToken);

    private async Task Refuse(PreviewKey key, PreviewRefusal refusal, CancellationToken cancellationToken)
    {
        var preview = await Load(key, cancellationToken);
        if (preview.BlobId is null)
        {
            preview.Refuse(refusal, time.GetUtcNow() + UntilRetry);
        }
    }

    private async Task Complete(Dictionary<PreviewKey, ReceivedFile> files, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        foreach (var (key, file) in files)
        {
            var preview = await Load(key, cancellationToken);
            if (preview.BlobId is null)
            {
                preview.Complete(await receiver.Complete(file, cancellationToken));
            }
        }
    }

    private async Task<Preview> Load(PreviewKey key, CancellationToken cancellationToken)
    {
        var (source, recipe, preset) = key;
        var known = await db.Previews
            .Where(preview => preview.SourceBlobId == source && preview.Recipe == recipe && preview.Preset == preset)
            .SingleOrDefaultAsync(cancellationToken);
        return known ?? db.Previews.Add(Preview.Begin(source, recipe, preset)).Entity;
    }
}
