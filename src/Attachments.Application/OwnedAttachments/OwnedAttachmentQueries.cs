using System.Globalization;
using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Domain.OwnedAttachments;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.OwnedAttachments;

/// <summary>Queries and checks shared by the use cases of owned attachments.</summary>
internal static class OwnedAttachmentQueries
{
    /// <summary>Loads an attachment with its blob, and checks that the caller may change it and that the preconditions hold.</summary>
    /// <exception cref="NotFoundException"><c>attachment_not_found</c></exception>
    /// <exception cref="ForbiddenException"><c>attachment_forbidden</c></exception>
    /// <exception cref="PreconditionFailedException"><c>precondition_failed</c></exception>
    public static async Task<OwnedAttachment> LoadForChange(
        this IQueryable<OwnedAttachment> attachments,
        long id,
        Caller caller,
        Preconditions preconditions,
        CancellationToken cancellationToken)
    {
        var attachment = await attachments
            .Include(attachment => attachment.Blob)
            .SingleOrDefaultAsync(attachment => attachment.Id == id, cancellationToken) ?? throw NotFound(id);
        caller.RequireUse(id, attachment.OwnedByUser, attachment.OwnedByOrganisation);
        preconditions.RequireForWrite(Representation(
            id, attachment.Revision, attachment.UpdatedAt, attachment.Blob is not { MissingSince: null }, attachment.Blob?.MissingSince));
        return attachment;
    }

    /// <exception cref="ForbiddenException"><c>attachment_forbidden</c>: the caller may not use what they own.</exception>
    public static void RequireUse(this Caller caller, long id, Guid ownedByUser, long? ownedByOrganisation)
    {
        if (!caller.MayUse(ownedByUser, ownedByOrganisation))
        {
            throw new ForbiddenException(
                "attachment_forbidden", $"Only its owner, the members of its organisation and administrators may use attachment {id}.");
        }
    }

    /// <exception cref="ForbiddenException"><c>organisation_forbidden</c>: the caller may not give anything to it.</exception>
    public static void RequireSharingWith(this Caller caller, long? organisation)
    {
        if (organisation is { } id && !caller.MayShareWith(id))
        {
            throw new ForbiddenException("organisation_forbidden", $"The token does not include organisation {id}.");
        }
    }

    public static NotFoundException NotFound(long id) => new("attachment_not_found", $"Attachment {id} does not exist.");

    /// <summary>
    /// The representation for preconditions. Ids are never reused, so id and revision identify a version. Missing bytes change the metadata
    /// without a new revision, so they are part of the tag. While bytes are missing there is no date, since it would go back when they are
    /// found.
    /// </summary>
    public static CurrentRepresentation Representation(
        long id, long revision, DateTimeOffset updatedAt, bool contentIsGone, DateTimeOffset? contentMissingSince)
    {
        var version = string.Create(CultureInfo.InvariantCulture, $"{id}-{revision}{(contentIsGone ? "-gone" : "")}");
        return new CurrentRepresentation(new EntityTag(version), contentMissingSince is null ? updatedAt : null);
    }
}
