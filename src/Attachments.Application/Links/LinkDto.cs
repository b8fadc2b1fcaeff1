using Attachments.Domain.Links;
using AutoMapper;

namespace Attachments.Application.Links;

/// <summary>A revocable link, without its token.</summary>
public sealed record LinkDto
{
    public Guid Id { get; init; }

    public string Method { get; init; } = "";

    /// <summary>The path that it is for.</summary>
    public string Target { get; init; } = "";

    public DateTimeOffset ExpiresAt { get; init; }

    public int Uses { get; init; }

    public int? MaxUses { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Link, LinkDto>();
    }
}
