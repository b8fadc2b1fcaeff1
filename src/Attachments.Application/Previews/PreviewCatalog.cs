using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Domain.Previews;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Previews;

/// <summary>Identifies a preview.</summary>
/// <param name="SourceBlobId">The blob of the image.</param>
/// <param name="Recipe">What decides on its bytes.</param>
/// <param name="Preset">The name of its size.</param>
public readonly record struct PreviewKey(Guid SourceBlobId, string Recipe, string Preset);

/// <summary>Finds previews that have been made. Whoever asks may read the image.</summary>
public sealed class PreviewCatalog(IAttachmentsDb db, RecentPreviews recent, TimeProvider time)
{
    private static readonly Func<DbContext, Guid, string, string, byte[]?, CancellationToken, Task<FoundPreview?>> FindRow =
        EF.CompileAsyncQuery((DbContext db, Guid source, string recipe, string preset, byte[]? unless, CancellationToken _) =>
            db.Set<Preview>()
                .AsNoTracking()
                .Where(preview => preview.SourceBlobId == source && preview.Recipe == recipe && preview.Preset == preset)
                .Select(preview => new FoundPreview
                {
                    Blob = preview.Blob,
                    Content = SmallContent.Read(preview.Blob, unless),
                    RetryAt = preview.RetryAt,
                })
                .SingleOrDefault());

    /// <returns>Null: it is to be made.</returns>
    /// <exception cref="NoPreviewException">It is known that there is none.</exception>
    /// <exception cref="PreviewBusyException">It took too long, and is tried once more later.</exception>
    public async Task<StoredFile?> Find(PreviewKey key, StoredFile source, CancellationToken cancellationToken)
    {
        if (recent.Find(key) is { } known)
        {
            return Describe(known, source);
        }

        var found = await FindRow(db.Context, key.SourceBlobId, key.Recipe, key.Preset, [], cancellationToken);
        if (found is null)
        {
            return null;
        }

        if (found.Blob is { MissingSince: not null } lost)
        {
            await Forget(key, lost.Id, cancellationToken);
            return null;
        }

        if (found.Blob is { } blob)
        {
            var preview = StoredFile.From(blob, source.FileName) with
            {
                Content = found.Content?.Length == blob.Length ? found.Content : null,
            };
            recent.Add(key, preview);
            return Describe(preview, source);
        }

        return found.RetryAt is not { } retryAt ? throw new NoPreviewException()
            : retryAt > time.GetUtcNow() ? throw new PreviewBusyException(retryAt - time.GetUtcNow())
            : null;
    }

    /// <summary>A preview whose bytes are lost is made anew.</summary>
    private Task<int> Forget(PreviewKey key, Guid blobId, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var (source, recipe, preset) = key;
            var now = time.GetUtcNow();
            var forgotten = await db.Previews
                .Where(preview => preview.SourceBlobId == source && preview.Recipe == recipe && preview.Preset == preset && preview.BlobId == blobId)
                .ExecuteDeleteAsync(token);
            return forgotten == 0 ? 0 : await db.Blobs
                .Where(blob => blob.Id == blobId && blob.ReleasedAt == null)
                .ExecuteUpdateAsync(blob => blob.SetProperty(it => it.ReleasedAt, now), token);
        },
        cancellationToken);

    /// <summary>It has the date of the image, and its name, but for the extension.</summary>
    private static StoredFile Describe(StoredFile preview, StoredFile source) =>
        preview with { FileName = PreviewName.For(source.FileName), StoredAt = source.StoredAt };

    private sealed class FoundPreview
    {
        public required Blob? Blob { get; init; }

        public required byte[]? Content { get; init; }

        public required DateTimeOffset? RetryAt { get; init; }
    }
}
