using Attachments.Infrastructure.BlobStores.Ownership;

namespace Attachments.Infrastructure.BlobStores.Directories;

/// <summary>The owner marker, in a file beside the directories of the blobs.</summary>
internal sealed class DirectoryOwnerMarker(BlobDirectory directory) : IOwnerMarker
{
    public string Store => $"directory '{directory.Root}'";

    public string? FilesExist => "SELECT EXISTS (SELECT FROM blobs WHERE in_directory)";

    public Task<string?> Read(CancellationToken cancellationToken) =>
        DirectoryFailures.Act(() => directory.ReadText(BlobDirectory.MarkerName));

    public Task Create(string text, CancellationToken cancellationToken) => Write(text, replace: false);

    public Task Replace(string text, CancellationToken cancellationToken) => Write(text, replace: true);

    private Task Write(string text, bool replace) =>
        DirectoryFailures.Act(() => directory.WriteText(BlobDirectory.MarkerName, text, replace));
}
