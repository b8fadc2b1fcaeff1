using System.IO.Pipelines;
using System.Security.Cryptography;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.Migration;
using Attachments.Infrastructure.Sweeping;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Support;

/// <summary>What tests of moves between stores do with blobs.</summary>
internal static class BlobMoves
{
    /// <summary>Stores random bytes as an upload does, in whichever store new blobs go to.</summary>
    public static async Task<(Guid Id, byte[] Content)> Upload(this TestServices services, int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var upload = new IncomingFile(null, "image/png", null, ExpectedDigests.None, new MemoryStream(content));
        var id = await services.InScope(async scope =>
        {
            await using var receiver = scope.GetRequiredService<Uploader>().Open();
            var file = await receiver.Receive(upload, CancellationToken.None);
            var db = scope.GetRequiredService<IAttachmentsDb>();
            return (await db.Change(token => receiver.Complete(file, token), CancellationToken.None)).Id;
        });
        return (id, content);
    }

    public static Task<MoveResult> Move(this TestServices services, StorageProvider to) =>
        services.InScope(scope => scope.GetRequiredService<BlobMover>().Move(to, CancellationToken.None));

    /// <summary>Sweeps once nobody reads the old copies any longer.</summary>
    public static async Task SweepLater(this TestServices services)
    {
        services.Time.Advance(TimeSpan.FromMinutes(11));
        await services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);
    }

    /// <summary>Reads a blob in pieces.</summary>
    public static async Task ShouldRead(this TestServices services, Guid id, byte[] content)
    {
        using var copy = new MemoryStream();
        await services.InScope(scope => scope.GetRequiredService<BlobReader>().CopyTo(
            id, 0, content.Length, PipeWriter.Create(copy), CancellationToken.None));
        copy.ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue();
    }
}
