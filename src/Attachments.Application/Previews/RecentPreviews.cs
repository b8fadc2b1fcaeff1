using Attachments.Application.Content.Downloads;
using Microsoft.Extensions.Caching.Memory;

namespace Attachments.Application.Previews;

/// <summary>
/// Previews that were asked for lately, with the bytes of small ones: a list of images is shown again and again. A preview never changes,
/// and is there for as long as its image.
/// </summary>
public sealed class RecentPreviews : IDisposable
{
    private const long MaxBytes = 32 << 20;

    /// <summary>What an entry takes beside the bytes, roughly.</summary>
    private const long EntryBytes = 1 << 10;

    private readonly MemoryCache previews = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    public StoredFile? Find(PreviewKey key) => previews.Get<StoredFile>(key);

    public void Add(PreviewKey key, StoredFile preview)
    {
        if (!preview.IsMissing)
        {
            previews.Set(key, preview, new MemoryCacheEntryOptions { Size = EntryBytes + (preview.Content?.Length ?? 0) });
        }
    }

    public void Dispose() => previews.Dispose();
}
