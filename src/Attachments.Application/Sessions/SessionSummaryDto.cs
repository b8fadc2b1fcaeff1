using Attachments.Domain.Sessions;
using AutoMapper;

namespace Attachments.Application.Sessions;

/// <summary>A session without its points.</summary>
public sealed record SessionSummaryDto
{
    public long ProjectId { get; init; }

    public string Uuid { get; init; } = "";

    public string UnitId { get; init; } = "";

    /// <summary>Unix seconds.</summary>
    public long Created { get; init; }

    /// <summary>Unix seconds.</summary>
    public long Saved { get; init; }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Session, SessionSummaryDto>();
    }
}
