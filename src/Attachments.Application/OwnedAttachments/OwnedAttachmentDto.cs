using Attachments.Application.Conditional;
using Attachments.Domain.OwnedAttachments;
using AutoMapper;

namespace Attachments.Application.OwnedAttachments;

/// <summary>An owned attachment.</summary>
public sealed record OwnedAttachmentDto
{
    public long Id { get; init; }

    public string FileName { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>JSON text as it was given; null where the file is no sequence map.</summary>
    public string? SequenceMap { get; init; }

    public Guid OwnedByUser { get; init; }

    public long? OwnedByOrganisation { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public long Revision { get; init; }

    /// <summary>It has no bytes any more: they were purged, or found missing.</summary>
    public bool ContentIsGone { get; init; }

    /// <summary>When the bytes were found missing, where they were.</summary>
    public DateTimeOffset? ContentMissingSince { get; init; }

    /// <summary>As preconditions see it.</summary>
    public CurrentRepresentation Representation =>
        OwnedAttachmentQueries.Representation(Id, Revision, UpdatedAt, ContentIsGone, ContentMissingSince);

    internal sealed class Mapping : Profile
    {
        public Mapping() =>
            CreateMap<OwnedAttachment, OwnedAttachmentDto>()
                .ForMember(dto => dto.FileName, map => map.MapFrom(attachment => attachment.FileName.Value))
                .ForMember(
                    dto => dto.SequenceMap,
                    map => map.MapFrom(attachment => attachment.SequenceMap == null ? null : attachment.SequenceMap.Json))
                .ForMember(
                    dto => dto.ContentIsGone,
                    map => map.MapFrom(attachment => attachment.Blob == null || attachment.Blob.MissingSince != null))
                .ForMember(
                    dto => dto.ContentMissingSince,
                    map => map.MapFrom(attachment => attachment.Blob == null ? null : attachment.Blob.MissingSince));
    }
}
