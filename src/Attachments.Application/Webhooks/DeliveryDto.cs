using Attachments.Domain.Webhooks;
using AutoMapper;

namespace Attachments.Application.Webhooks;

/// <summary>What became of a change on its way to a webhook.</summary>
public sealed record DeliveryDto
{
    public Guid ChangeId { get; init; }

    public long Position { get; init; }

    public string Type { get; init; } = "";

    public DeliveryState State { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? NextAt { get; init; }

    public DateTimeOffset? LastAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public int? Status { get; init; }

    public string? Error { get; init; }

    public byte[]? Answer { get; init; }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<WebhookDelivery, DeliveryDto>();
    }
}
