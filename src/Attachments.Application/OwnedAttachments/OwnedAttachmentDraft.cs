using Attachments.Application.Content.Uploads;
using Attachments.Application.Text;

namespace Attachments.Application.OwnedAttachments;

/// <summary>All that a request says about an attachment, its file received. Null: not said; empty: said to be nothing.</summary>
public sealed class OwnedAttachmentDraft
{
    // How a form, which has no null, may say that there is no organisation.
    private const string Null = "null";

    public string? FileName { get; private set; }

    public string? Description { get; private set; }

    /// <summary>JSON text.</summary>
    public string? SequenceMapFor { get; private set; }

    /// <summary>An integer as text.</summary>
    public string? OwnedByOrganisation { get; private set; }

    /// <summary>A UUID as text.</summary>
    public string? OwnedByUser { get; private set; }

    public ReceivedFile? File { get; private set; }

    /// <summary>The owner that is named; null where none is.</summary>
    internal Guid? Owner => UuidText.Parse(OwnedByUser);

    /// <summary>The organisation that is named; null where it is said to be none, or not said at all.</summary>
    internal long? Organisation => DecimalInteger.Parse(OwnedByOrganisation);

    internal bool NamesNoOrganisation => OwnedByOrganisation is "" or Null;

    internal void Set(OwnedAttachmentField field)
    {
        switch (field.Name)
        {
            case "filename": FileName = field.Text; break;
            case "description": Description = field.Text; break;
            case "sequence_map_for": SequenceMapFor = field.Text; break;
            case "owned_by_org": OwnedByOrganisation = field.Text; break;
            case "owned_by_user": OwnedByUser = field.Text; break;
        }
    }

    internal void Set(ReceivedFile file) => File = file;
}
