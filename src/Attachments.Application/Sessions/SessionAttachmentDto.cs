using Attachments.Domain.Sessions;
using AutoMapper;

namespace Attachments.Application.Sessions;

/// <summary>A point that holds a file, and what there is to know of the file.</summary>
public sealed record SessionAttachmentDto
{
    /// <summary>The point's name.</summary>
    public string Point { get; init; } = "";

    public string FileName { get; init; } = "";

    public string MediaType { get; init; } = "";

    /// <summary>In bytes.</summary>
    public long Length { get; init; }

    /// <summary>16 bytes.</summary>
    public byte[] Md5 { get; init; } = [];

    internal sealed class Mapping : Profile
    {
        public Mapping() =>
            CreateMap<Point, SessionAttachmentDto>()
                .ForMember(dto => dto.Point, map => map.MapFrom(point => point.Name))
                .ForMember(dto => dto.FileName, map => map.MapFrom(point => point.FileName!.Value))
                .ForMember(dto => dto.MediaType, map => map.MapFrom(point => point.Blob!.MediaType))
                .ForMember(dto => dto.Length, map => map.MapFrom(point => point.Blob!.Length))
                .ForMember(dto => dto.Md5, map => map.MapFrom(point => point.Blob!.Md5));
    }
}
