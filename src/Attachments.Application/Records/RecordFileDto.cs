using Attachments.Domain.Records;
using AutoMapper;

namespace Attachments.Application.Records;

/// <summary>What a list says of a file of a record.</summary>
public sealed record RecordFileDto
{
    /// <summary><see cref="FilePlace.Root"/>, or the folder's name.</summary>
    public string Folder { get; init; } = "";

    public string Name { get; init; } = "";

    public string MediaType { get; init; } = "";

    /// <summary>In bytes.</summary>
    public long Length { get; init; }

    internal sealed class Mapping : Profile
    {
        public Mapping() =>
            CreateMap<RecordFile, RecordFileDto>()
                .ForMember(dto => dto.MediaType, map => map.MapFrom(file => file.Blob.MediaType))
                .ForMember(dto => dto.Length, map => map.MapFrom(file => file.Blob.Length));
    }
}
