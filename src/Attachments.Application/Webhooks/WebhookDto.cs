using Attachments.Application.Conditional;
using Attachments.Domain.Webhooks;
using AutoMapper;

namespace Attachments.Application.Webhooks;

/// <summary>A webhook, without its secrets.</summary>
public sealed record WebhookDto
{
    public Guid Id { get; init; }

    public string Url { get; init; } = "";

    /// <summary>Empty: all.</summary>
    public string[] Types { get; init; } = [];

    public long? ProjectId { get; init; }

    public string? FormType { get; init; }

    public string Description { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public long Revision { get; init; }

    /// <summary>Null: it is active.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>One of <see cref="DisabledReasons"/>; null: it is active.</summary>
    public string? DisabledReason { get; init; }

    public CurrentRepresentation Representation => new(EntityTag.FromVersion(Id, Revision), modifiedAt: null);

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Webhook, WebhookDto>();
    }
}

/// <summary>A webhook with its secret, which is shown once.</summary>
/// <param name="Webhook">The webhook.</param>
/// <param name="Secret">Signs its deliveries.</param>
public sealed record WebhookWithSecret(WebhookDto Webhook, string Secret);
