using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using FluentValidation;

namespace Attachments.Application.OwnedAttachments;

/// <summary>Reads what a request says about an attachment to its end, receiving the file on the way, and checks it.</summary>
public sealed class OwnedAttachmentDraftReader(IValidator<OwnedAttachmentDraft> validator)
{
    /// <exception cref="ValidationException">A field is not of its form.</exception>
    /// <exception cref="TooLargeException">The file is over the limit.</exception>
    public async Task<OwnedAttachmentDraft> Read(
        IAsyncEnumerable<OwnedAttachmentEntry> entries, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        var draft = new OwnedAttachmentDraft();
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            switch (entry)
            {
                case OwnedAttachmentField field:
                    draft.Set(field);
                    break;
                case OwnedAttachmentFile file:
                    draft.Set(await receiver.Receive(file.Upload, cancellationToken));
                    break;
            }
        }

        await validator.ValidateAndThrowAsync(draft, cancellationToken);
        return draft;
    }
}
