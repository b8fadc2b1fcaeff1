using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Pipeline;
using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;

namespace Attachments.Application.OwnedAttachments;

/// <summary>A piece of a request's body: its file as it arrives, or, once at the end, the values of its fields.</summary>
public abstract record OwnedAttachmentEntry;

/// <summary>The file, whose bytes are not yet read.</summary>
public sealed record OwnedAttachmentFile(IncomingFile File) : OwnedAttachmentEntry;

/// <summary>The new values of an attachment's fields. Null: the field is not changed.</summary>
public sealed record OwnedAttachmentChanges : OwnedAttachmentEntry
{
    public FileName? FileName { get; init; }

    /// <summary>Empty for none.</summary>
    public string? Description { get; init; }

    public NewValue<SequenceMap>? SequenceMap { get; init; }

    public NewValue<long?>? OwnedByOrganisation { get; init; }

    public Guid? OwnedByUser { get; init; }
}

/// <summary>All that a request says about an attachment, its file received.</summary>
/// <param name="Changes">The values of its fields.</param>
/// <param name="File">Null: the request has none.</param>
internal sealed record ReceivedAttachment(OwnedAttachmentChanges Changes, ReceivedFile? File);

internal static class OwnedAttachmentEntries
{
    /// <summary>Reads a body to its end, and receives its file on the way. Either may be missing.</summary>
    /// <exception cref="TooLargeException">The file is over the limit.</exception>
    public static async Task<ReceivedAttachment> Receive(
        this IAsyncEnumerable<OwnedAttachmentEntry> entries, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        var changes = new OwnedAttachmentChanges();
        ReceivedFile? received = null;
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            switch (entry)
            {
                case OwnedAttachmentFile file:
                    received = await receiver.Receive(file.File, cancellationToken);
                    break;
                case OwnedAttachmentChanges fields:
                    changes = fields;
                    break;
            }
        }

        return new ReceivedAttachment(changes, received);
    }
}
