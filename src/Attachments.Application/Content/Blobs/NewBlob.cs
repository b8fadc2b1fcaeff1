using Attachments.Domain.Content;

namespace Attachments.Application.Content.Blobs;

/// <summary>A blob to be created, and the first of its bytes.</summary>
public readonly record struct NewBlob(Blob Blob, ReadOnlyMemory<byte> Content);

public static class NewBlobExtensions
{
    /// <summary>As <see cref="IBlobStore.Create"/>, of one blob.</summary>
    public static Task Create(this IBlobStore store, Blob blob, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        store.Create([new NewBlob(blob, content)], cancellationToken);
}
