using Attachments.Api.Uploads;
using Attachments.Application.Uploads;
using Attachments.Domain.OwnedAttachments;

namespace Attachments.Api.Controllers.OwnedAttachments;

/// <summary>The fields of an owned attachment in the metadata of an upload. Their rules are those of the form.</summary>
internal static class OwnedAttachmentMetadata
{
    public static OwnedAttachmentFields Read(TusMetadata metadata)
    {
        var changes = OwnedAttachmentBody.ReadFields(metadata.Read);
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
