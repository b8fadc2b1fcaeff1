using System.Text.Json.Serialization;
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

    /// <summary>The JSON text as it was sent; null if the file is not a sequence map.</summary>
    public string? SequenceMap { get; init; }

    public Guid OwnedByUser { get; init; }

    public long? OwnedByOrganisation { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public long Revision { get; init; }

    /// <summary>Whether the bytes were purged or are missing.</summary>
    public bool ContentIsGone { get; init; }

    /// <summary>When the bytes were found missing; null if they were not.</summary>
    public DateTimeOffset? ContentMissingSince { get; init; }

    /// <summary>The representation for preconditions.</summary>
    [JsonIgnore]
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
