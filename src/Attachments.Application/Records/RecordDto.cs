using Attachments.Application.Conditional;
using Attachments.Domain.Records;
using AutoMapper;

namespace Attachments.Application.Records;

/// <summary>A record without its files.</summary>
public sealed record RecordDto
{
    /// <summary>The internal key.</summary>
    public Guid Id { get; init; }

    public string FormType { get; init; } = "";

    public string RecordId { get; init; } = "";

    public RecordAttributes Attributes { get; init; } = RecordAttributes.Empty;

    public long Revision { get; init; }

    /// <summary>The record as preconditions see it. Its files are no part of it, and it has no date.</summary>
    public CurrentRepresentation Representation => RecordQueries.Representation(Id, Revision);

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Record, RecordDto>();
    }
}
