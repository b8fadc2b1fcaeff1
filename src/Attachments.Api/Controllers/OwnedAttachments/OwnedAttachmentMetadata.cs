using Attachments.Application.Uploads;
using Attachments.Domain.OwnedAttachments;

namespace Attachments.Api.Controllers.OwnedAttachments;

/// <summary>The fields of an owned attachment that are sent beside its file. Their rules are those of the form.</summary>
internal static class OwnedAttachmentMetadata
{
    /// <param name="read">The text of a field; null: it was not sent.</param>
    public static OwnedAttachmentFields Read(Func<string, string?> read)
    {
        var changes = OwnedAttachmentBody.ReadFields(read);
        return new OwnedAttachmentFields
        {
            Description = changes.Description is { } description ? OwnedAttachment.RequireDescription(description) : null,
            SetsOrganisation = changes.OwnedByOrganisation is not null,
            Organisation = changes.OwnedByOrganisation?.Value,
            SetsSequenceMap = changes.SequenceMap is not null,
            SequenceMap = changes.SequenceMap?.Value?.Json,
        };
    }
}
