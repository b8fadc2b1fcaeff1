using System.IO.Hashing;
using System.Security.Cryptography;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Support;

/// <summary>Blobs that are there without anybody who refers to them.</summary>
internal static class StoredBlobs
{
    /// <summary>Stores random bytes.</summary>
    public static async Task<(Blob Blob, byte[] Content)> Store(this TestServices services, int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var now = services.Time.GetUtcNow();
        var blob = Blob.CreatePending("image/png", Guid.NewGuid(), now);
        blob.Complete(length, new ContentDigests(MD5.HashData(content), SHA256.HashData(content), Crc32.HashToUInt32(content)), now);
        await services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Change(
            async token =>
            {
                await scope.CreateStored(blob, content, token);
                return true;
            },
            CancellationToken.None));
        return (blob, content);
    }

    /// <summary>Creates a stored blob in the open change.</summary>
    public static Task CreateStored(this IServiceProvider scope, Blob blob, byte[] content, CancellationToken cancellationToken) =>
        scope.GetRequiredService<ITransactionalBlobStore>().CreateStored(
            [new NewBlob(blob, content)], scope.GetRequiredService<IAttachmentsDb>().Transaction, cancellationToken);
}
