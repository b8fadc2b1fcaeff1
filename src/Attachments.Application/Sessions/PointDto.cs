using Attachments.Domain.Sessions;
using AutoMapper;

namespace Attachments.Application.Sessions;

/// <summary>A point: its scalar, its embedded bytes, or what there is to know of its file.</summary>
public sealed record PointDto
{
    public string Name { get; init; } = "";

    public string? Scalar { get; init; }

    public byte[]? RawData { get; init; }

    /// <summary>Null: the point holds no file.</summary>
    public string? FileName { get; init; }

    public string? MediaType { get; init; }

    /// <summary>In bytes.</summary>
    public long? Length { get; init; }

    /// <summary>16 bytes.</summary>
    public byte[]? Md5 { get; init; }

    internal sealed class Mapping : Profile
    {
        public Mapping() =>
            CreateMap<Point, PointDto>()
                .ForMember(dto => dto.FileName, map => map.MapFrom(point => point.FileName == null ? null : point.FileName.Value))
                .ForMember(dto => dto.MediaType, map => map.MapFrom(point => point.Blob == null ? null : point.Blob.MediaType))
                .ForMember(dto => dto.Length, map => map.MapFrom(point => point.Blob == null ? null : (long?)point.Blob.Length))
                .ForMember(dto => dto.Md5, map => map.MapFrom(point => point.Blob == null ? null : point.Blob.Md5));
    }
}
