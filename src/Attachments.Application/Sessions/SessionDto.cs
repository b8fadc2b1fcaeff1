using Attachments.Domain.Sessions;
using AutoMapper;

namespace Attachments.Application.Sessions;

/// <summary>A session with all its points.</summary>
public sealed record SessionDto
{
    public long ProjectId { get; init; }

    public string Uuid { get; init; } = "";

    public string UnitId { get; init; } = "";

    /// <summary>Unix seconds.</summary>
    public long Created { get; init; }

    /// <summary>Unix seconds.</summary>
    public long Saved { get; init; }

    /// <summary>By name.</summary>
    public IReadOnlyList<PointDto> Points { get; init; } = [];

    internal sealed class Mapping : Profile
    {
        public Mapping() =>
            CreateMap<Session, SessionDto>()
                .ForMember(dto => dto.Points, map => map.MapFrom(session => session.Points.OrderBy(point => point.Name)));
    }
}
