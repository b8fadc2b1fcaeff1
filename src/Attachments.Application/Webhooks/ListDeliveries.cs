using System.Globalization;
using Attachments.Application.Errors;
using Attachments.Application.Paging;
using Attachments.Application.Persistence;
using Attachments.Application.Text;
using Attachments.Domain.Webhooks;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Webhooks;

/// <summary>The deliveries of a webhook, the newest change first.</summary>
/// <param name="WebhookId">The webhook.</param>
/// <param name="State">Only those in this state; null: all.</param>
/// <param name="Limit">1 to <see cref="MaxLimit"/>.</param>
/// <param name="After">The cursor of the page before; null for the first.</param>
public sealed record ListDeliveries(Guid WebhookId, string? State, int Limit, string? After) : IRequest<Page<DeliveryDto>>
{
    public const int MaxLimit = 200;
    public const int DefaultLimit = 50;

    internal static readonly IReadOnlyDictionary<string, DeliveryState> States = new Dictionary<string, DeliveryState>
    {
        ["pending"] = DeliveryState.Pending,
        ["delivered"] = DeliveryState.Delivered,
        ["dead"] = DeliveryState.Dead,
    };
}

public sealed class ListDeliveriesValidator : AbstractValidator<ListDeliveries>
{
    public ListDeliveriesValidator()
    {
        RuleFor(request => request.Limit).InclusiveBetween(1, ListDeliveries.MaxLimit).OverridePropertyName("limit");
        RuleFor(request => request.State)
            .Must(state => state is null || ListDeliveries.States.ContainsKey(state))
            .WithMessage("must be pending, delivered or dead")
            .OverridePropertyName("state");
        RuleFor(request => request.After)
            .Must(after => string.IsNullOrEmpty(after) || DeliveryCursor.Parse(after) is not null)
            .WithMessage("is not a cursor from a list of deliveries")
            .OverridePropertyName("after");
    }
}

public sealed class ListDeliveriesHandler(IAttachmentsDb db, IConfigurationProvider mappings)
    : IRequestHandler<ListDeliveries, Page<DeliveryDto>>
{
    /// <exception cref="NotFoundException"><c>webhook_not_found</c></exception>
    public async Task<Page<DeliveryDto>> Handle(ListDeliveries request, CancellationToken cancellationToken)
    {
        await db.RequireWebhook(request.WebhookId, cancellationToken);
        var deliveries = db.WebhookDeliveries.AsNoTracking().Where(delivery => delivery.WebhookId == request.WebhookId);
        if (request.State is not null)
        {
            var state = ListDeliveries.States[request.State];
            deliveries = deliveries.Where(delivery => delivery.State == state);
        }

        if (DeliveryCursor.Parse(request.After) is { } after)
        {
            deliveries = deliveries.Where(delivery => delivery.Position < after.Position
                || (delivery.Position == after.Position && delivery.ChangeId < after.ChangeId));
        }

        var found = await deliveries
            .OrderByDescending(delivery => delivery.Position).ThenByDescending(delivery => delivery.ChangeId)
            .Take(request.Limit + 1)
            .ProjectTo<DeliveryDto>(mappings)
            .ToListAsync(cancellationToken);
        return new PageRequest(request.Limit, null).ToPage(found, last => new DeliveryCursor(last.Position, last.ChangeId).Format());
    }
}

/// <summary>A place in the list of deliveries.</summary>
internal sealed record DeliveryCursor(long Position, Guid ChangeId)
{
    public string Format() => CursorText.Encode(string.Create(CultureInfo.InvariantCulture, $"{Position}.{ChangeId:D}"));

    public static DeliveryCursor? Parse(string? text) =>
        CursorText.Decode(text)?.Split('.') is [var position, var change]
        && DecimalInteger.Parse(position) is { } number
        && UuidText.Parse(change) is { } id
            ? new DeliveryCursor(number, id)
            : null;
}
