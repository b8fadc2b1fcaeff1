using Attachments.Domain.TemporarySets;
using AutoMapper;

namespace Attachments.Application.TemporarySets;

/// <summary>
/// A file in a temporary set. Every member can be translated to a column, so that a list can be filtered and sorted by it.
/// </summary>
public sealed record TemporaryItemDto
{
    /// <summary>What callers know the set by.</summary>
    public Guid TemporaryId { get; init; }

    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public string FileName { get; init; } = "";

    /// <summary>A media type, with the parameters that it was sent with.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>In whole seconds of UTC.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    public Guid CreatedById { get; init; }

    /// <summary>In bytes.</summary>
    public long Size { get; init; }

    /// <summary>The place in the order of uploading, which is unique within the set.</summary>
    public long Ordinal { get; init; }

    internal sealed class Mapping : Profile
    {
        public Mapping() =>
            CreateMap<TemporaryItem, TemporaryItemDto>()
                .ForMember(dto => dto.TemporaryId, map => map.MapFrom(item => item.Set.TemporaryId));
    }
}
