using Attachments.Domain.Changes;
using Attachments.Domain.Content;

namespace Attachments.Domain.OwnedAttachments;

/// <summary>
/// A file with an owner, perhaps shared with an organisation. An act that changes nothing leaves revision and time as they were.
/// </summary>
/// <remarks>Not named Attachment, since the files of sessions and records are attachments too.</remarks>
public sealed class OwnedAttachment : Aggregate
{
    /// <summary>The longest description, in Unicode characters.</summary>
    public const int MaxDescriptionCharacters = 10_000;

    private readonly HashSet<Guid> owners = [];
    private readonly HashSet<long> organisations = [];
    private DateTimeOffset? updatedBefore;

    private OwnedAttachment(FileName fileName, string description, Guid ownedByUser, DateTimeOffset createdAt)
    {
        FileName = fileName;
        Description = description;
        OwnedByUser = ownedByUser;
        CreatedAt = createdAt;
        UpdatedAt = createdAt;
    }

    /// <summary>Assigned by the database when it is first saved; never reused.</summary>
    public long Id { get; private set; }

    public FileName FileName { get; private set; }

    /// <summary>Empty where there is none.</summary>
    public string Description { get; private set; }

    /// <summary>Null if the file is not a sequence map.</summary>
    public SequenceMap? SequenceMap { get; private set; }

    public Guid OwnedByUser { get; private set; }

    /// <summary>The organisation whose members may use it like its owner; null if it is not shared.</summary>
    public long? OwnedByOrganisation { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>
    /// When it was last changed, which is its Last-Modified: at least a second after the change before (RFC 9110, section 8.8.2.2).
    /// </summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Counts the changes. Two changes made from the same revision cannot both be saved.</summary>
    public long Revision { get; private set; }

    /// <summary>Null if the bytes were purged and only the metadata is left.</summary>
    public Guid? BlobId { get; private set; }

    public Blob? Blob { get; private set; }

    /// <summary>Creates an attachment with the bytes of <paramref name="blob"/>, a stored blob that nothing else refers to.</summary>
    /// <exception cref="DomainException">The description is too long or cannot be stored.</exception>
    public static OwnedAttachment Create(
        Blob blob, FileName fileName, string description, Guid ownedByUser, long? ownedByOrganisation, DateTimeOffset now)
    {
        var attachment = new OwnedAttachment(fileName, RequireDescription(description), ownedByUser, now)
        {
            OwnedByOrganisation = ownedByOrganisation,
            Blob = blob,
            BlobId = blob.Id,
        };
        attachment.NoteOnce(ChangeTypes.AttachmentCreated);
        return attachment;
    }

    public void Rename(FileName fileName, DateTimeOffset now)
    {
        if (fileName != FileName)
        {
            FileName = fileName;
            MarkChanged(now);
        }
    }

    /// <exception cref="DomainException">The description is too long or cannot be stored.</exception>
    public void Describe(string description, DateTimeOffset now)
    {
        if (!string.Equals(description, Description, StringComparison.Ordinal))
        {
            Description = RequireDescription(description);
            MarkChanged(now);
        }
    }

    /// <summary>Sets the material that the file is a sequence map for; null for none.</summary>
    public void SetSequenceMap(SequenceMap? sequenceMap, DateTimeOffset now)
    {
        if (sequenceMap != SequenceMap)
        {
            SequenceMap = sequenceMap;
            MarkChanged(now);
        }
    }

    /// <summary>Shares it with the members of this organisation only; null for none.</summary>
    public void ShareWith(long? organisation, DateTimeOffset now)
    {
        if (organisation != OwnedByOrganisation)
        {
            RememberOwners();
            OwnedByOrganisation = organisation;
            MarkChanged(now);
        }
    }

    /// <summary>Gives it to another owner.</summary>
    public void TransferTo(Guid user, DateTimeOffset now)
    {
        if (user != OwnedByUser)
        {
            RememberOwners();
            OwnedByUser = user;
            MarkChanged(now);
        }
    }

    /// <summary>Replaces its bytes, or adds bytes after a purge. Its blob must be loaded.</summary>
    /// <param name="blob">A stored blob that nothing else refers to.</param>
    /// <param name="now">The time of the change.</param>
    public void Replace(Blob blob, DateTimeOffset now)
    {
        // Bytes that were purged were older than the entry's last change.
        blob.EnsureStoredAfter(LastModified.Latest(UpdatedAt, Blob?.StoredAt));
        SetBlob(blob, now);
    }

    /// <summary>Takes its bytes away while the entry stands; without bytes nothing changes. Its blob must be loaded.</summary>
    public void Purge(DateTimeOffset now)
    {
        if (Blob is not null)
        {
            NoteOnce(ChangeTypes.AttachmentPurged);
            SetBlob(null, now);
        }
    }

    /// <summary>Lets go of its bytes, for an attachment that is being deleted. Its blob must be loaded.</summary>
    public void Delete()
    {
        Dereference(Blob);
        NoteOnce(ChangeTypes.AttachmentDeleted);
    }

    /// <inheritdoc/>
    public override void NoteContent(Blob blob) => NoteOnce(GetContentType(blob));

    /// <inheritdoc/>
    protected override bool CanBeNamed => Id != 0;

    private void SetBlob(Blob? blob, DateTimeOffset now)
    {
        Dereference(Blob);
        Blob = blob;
        BlobId = blob?.Id;
        MarkChanged(now);
    }

    private void MarkChanged(DateTimeOffset now)
    {
        // An act may change several things, and is one change.
        updatedBefore ??= UpdatedAt;
        UpdatedAt = LastModified.After(updatedBefore.Value, now);
        Revision++;
        NoteOnce(ChangeTypes.AttachmentUpdated);
    }

    /// <summary>An act is one change, and what else it does is part of that.</summary>
    private void NoteOnce(string type)
    {
        if (!HasNoted)
        {
            Note(() => Describe(type));
        }
    }

    private Change Describe(string type)
    {
        RememberOwners();
        return Change
            .OfAttachment(type, Revision, Id, [.. owners], [.. organisations])
            .WithContent(type == ChangeTypes.AttachmentDeleted ? null : Blob);
    }

    /// <summary>Whoever had it before a change, or has it after, may see the change.</summary>
    private void RememberOwners()
    {
        owners.Add(OwnedByUser);
        if (OwnedByOrganisation is { } organisation)
        {
            organisations.Add(organisation);
        }
    }

    /// <summary>Returns <paramref name="description"/> if it is a valid description.</summary>
    /// <exception cref="DomainException"><c>description_invalid</c></exception>
    public static string RequireDescription(string description)
    {
        WellFormedText.Require(description, "description_invalid", "The description");
        return description.Length <= MaxDescriptionCharacters || description.EnumerateRunes().Count() <= MaxDescriptionCharacters
            ? description
            : throw new DomainException(
                "description_invalid", $"The description must have at most {MaxDescriptionCharacters} characters.");
    }
}
