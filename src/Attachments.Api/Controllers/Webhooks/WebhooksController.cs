using Attachments.Api.Access;
using Attachments.Api.Docs;
using Attachments.Api.Http.Conditional;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Media;
using Attachments.Application.Conditional;
using Attachments.Application.Settings;
using Attachments.Application.Webhooks;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Controllers.Webhooks;

/// <summary>Receivers that changes are sent to, signed as Standard Webhooks says. For administrators.</summary>
[ApiController]
[Tags("Webhooks")]
[TagDescription("Receivers that changes are sent to, signed as Standard Webhooks says. For administrators.")]
[Route("v1/webhooks")]
[RequireWebhookAdmin]
[ErrorResponse(404, "`webhook_not_found`; `changes_off`: the service keeps no feed of changes.")]
public sealed class WebhooksController(IMediator mediator, IOptions<LimitsOptions> limits, TimeProvider time) : ControllerBase
{
    /// <summary>Makes a webhook. It gets the changes from now on.</summary>
    /// <remarks>
    /// Each change is sent by POST, in the form of the feed, with `webhook-id`, `webhook-timestamp` and `webhook-signature` as Standard
    /// Webhooks says. The answer has the secret that signs; it is not shown again.
    /// </remarks>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="201">The webhook with its secret; `Location` has its URL.</response>
    [HttpPost]
    [RequestBody(MediaTypes.Json, Type = typeof(WebhookInput), Description = WebhookExamples.Description, Example = WebhookExamples.New)]
    [ProducesResponseType<WebhookDocument>(StatusCodes.Status201Created)]
    [ResponseExample(StatusCodes.Status201Created, WebhookExamples.Made)]
    [Versioned]
    [ResponseHeaders("Location")]
    [ErrorResponse(409, "`webhooks_limit`: there are as many webhooks as `Webhooks:MaxEndpoints` allows.")]
    [Operation("Webhook")]
    public async Task<IActionResult> Create(CancellationToken cancellationToken)
    {
        var made = await mediator.Send(new CreateWebhook(ReadFields, Conditions()), cancellationToken);
        SetVersion(made.Webhook);
        return Created($"{Request.PathBase}/v1/webhooks/{made.Webhook.Id:D}", WebhookDocument.From(made));
    }

    /// <summary>Lists all webhooks, the oldest first.</summary>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">All of them, without their secrets.</response>
    [HttpGet]
    [ResponseExample(StatusCodes.Status200OK, WebhookExamples.List)]
    [Operation("Webhooks")]
    public async Task<WebhookListDocument> List(CancellationToken cancellationToken) =>
        new([.. (await mediator.Send(new ListWebhooks(), cancellationToken)).Select(WebhookDocument.From)]);

    /// <summary>Reads a webhook.</summary>
    /// <param name="id" example="019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5">The webhook.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The webhook, without its secret; `ETag` identifies its version.</response>
    [HttpGet("{id}")]
    [Versioned]
    [ProducesResponseType<WebhookDocument>(StatusCodes.Status200OK)]
    [ResponseExample(StatusCodes.Status200OK, WebhookExamples.Webhook)]
    [Operation("Webhook")]
    public async Task<IActionResult> Get(Guid id, CancellationToken cancellationToken)
    {
        var webhook = await mediator.Send(new GetWebhook(id), cancellationToken);
        return new VersionedResult(Ok(WebhookDocument.From(webhook)), webhook.Representation);
    }

    /// <summary>Changes what is sent of a webhook.</summary>
    /// <remarks>
    /// Null clears `project` and `form_type`. What a disabled webhook had pending is given up. One that is enabled again gets the changes from
    /// then on; a replay goes back.
    /// </remarks>
    /// <param name="id" example="019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5">The webhook.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The changed webhook; `ETag` identifies its version.</response>
    [HttpPatch("{id}")]
    [RequestBody(MediaTypes.Json, Type = typeof(WebhookInput), Description = WebhookExamples.Description, Example = WebhookExamples.Change)]
    [ProducesResponseType<WebhookDocument>(StatusCodes.Status200OK)]
    [ResponseExample(StatusCodes.Status200OK, WebhookExamples.Webhook)]
    [Versioned]
    [Operation("Webhook")]
    public async Task<WebhookDocument> Update(Guid id, CancellationToken cancellationToken) =>
        SetVersionAndDocument(await mediator.Send(new UpdateWebhook(id, ReadFields, Conditions()), cancellationToken));

    /// <summary>Deletes a webhook, with its deliveries.</summary>
    /// <param name="id" example="019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5">The webhook.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="204">Deleted.</response>
    [HttpDelete("{id}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Operation("Webhook")]
    public async Task<IActionResult> Delete(Guid id, CancellationToken cancellationToken)
    {
        await mediator.Send(new DeleteWebhook(id, Conditions()), cancellationToken);
        return NoContent();
    }

    /// <summary>Gives a webhook a new secret.</summary>
    /// <remarks>The old one signs along for 24 hours: `webhook-signature` then has a signature of each.</remarks>
    /// <param name="id" example="019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5">The webhook.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The webhook with its new secret.</response>
    [HttpPost("{id}/rotate")]
    [ProducesResponseType<WebhookDocument>(StatusCodes.Status200OK)]
    [ResponseExample(StatusCodes.Status200OK, WebhookExamples.Made)]
    [Versioned]
    [Operation("WebhookSecret")]
    public async Task<WebhookDocument> Rotate(Guid id, CancellationToken cancellationToken)
    {
        var rotated = await mediator.Send(new RotateWebhookSecret(id, Conditions()), cancellationToken);
        SetVersion(rotated.Webhook);
        return WebhookDocument.From(rotated);
    }

    /// <summary>Sends a test to a webhook, once, also if it is disabled.</summary>
    /// <remarks>It has the form of a change, with the type `webhook.test`. The list of deliveries says what became of it.</remarks>
    /// <param name="id" example="019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5">The webhook.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="202">It is sent soon.</response>
    [HttpPost("{id}/test")]
    [ProducesResponseType<WebhookTestDocument>(StatusCodes.Status202Accepted)]
    [ResponseExample(StatusCodes.Status202Accepted, WebhookExamples.Test)]
    [Operation("WebhookTest")]
    public async Task<IActionResult> Test(Guid id, CancellationToken cancellationToken) =>
        Accepted(new WebhookTestDocument(await mediator.Send(new TestWebhook(id, Conditions()), cancellationToken)));

    /// <summary>Sends a webhook again what came after a place in the feed, and enables it if it is disabled.</summary>
    /// <remarks>Those that it has got already come again, with the same `webhook-id`.</remarks>
    /// <param name="id" example="019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5">The webhook.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="202">They are sent soon.</response>
    [HttpPost("{id}/replay")]
    [RequestBody(MediaTypes.Json, Type = typeof(ReplayInput), Description = WebhookExamples.Description, Example = WebhookExamples.Replay)]
    [ProducesResponseType<WebhookDocument>(StatusCodes.Status202Accepted)]
    [ResponseExample(StatusCodes.Status202Accepted, WebhookExamples.Webhook)]
    [Versioned]
    [ErrorResponse(410, "`cursor_expired`: the cursor is older than the changes that are kept, or from another feed.")]
    [Operation("WebhookReplay")]
    public async Task<IActionResult> Replay(Guid id, CancellationToken cancellationToken)
    {
        var replay = new ReplayWebhook(id, token => WebhookBody.ReadAfter(Request, limits.Value, token), Conditions());
        return Accepted(SetVersionAndDocument(await mediator.Send(replay, cancellationToken)));
    }

    /// <summary>Lists the deliveries of a webhook, the newest change first.</summary>
    /// <param name="id" example="019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5">The webhook.</param>
    /// <param name="state">Only those that are `pending`, `delivered` or `dead`.</param>
    /// <param name="limit">The largest number to return: 1 to 200.</param>
    /// <param name="after">The `next` of the previous page.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">A page; `next` has the cursor of the next page.</response>
    [HttpGet("{id}/deliveries")]
    [ResponseExample(StatusCodes.Status200OK, WebhookExamples.Deliveries)]
    [Operation("WebhookDeliveries")]
    public async Task<DeliveryListDocument> ListDeliveries(
        Guid id,
        [FromQuery] string? state = null,
        [FromQuery] int limit = Application.Webhooks.ListDeliveries.DefaultLimit,
        [FromQuery] string? after = null,
        CancellationToken cancellationToken = default) =>
        DeliveryListDocument.From(await mediator.Send(new ListDeliveries(id, state, limit, after), cancellationToken));

    /// <summary>Sends a change to a webhook again, whatever became of it.</summary>
    /// <param name="id" example="019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5">The webhook.</param>
    /// <param name="change" example="019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a7">The change.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="202">It is sent soon.</response>
    [HttpPost("{id}/deliveries/{change}/retry")]
    [ProducesResponseType(StatusCodes.Status202Accepted)]
    [ErrorResponse(409, "`webhook_disabled`: the webhook must be enabled first.")]
    [Operation("WebhookRetry")]
    public async Task<IActionResult> Retry(Guid id, Guid change, CancellationToken cancellationToken)
    {
        await mediator.Send(new RetryDelivery(id, change, Conditions()), cancellationToken);
        return Accepted();
    }

    private Task<WebhookFields> ReadFields(CancellationToken cancellationToken) => WebhookBody.Read(Request, limits.Value, cancellationToken);

    private Preconditions Conditions() => PreconditionHeaders.ParseForWrite(Request.Headers, time.GetUtcNow());

    private void SetVersion(WebhookDto webhook) => ValidatorHeaders.Set(Response.Headers, webhook.Representation, time.GetUtcNow());

    private WebhookDocument SetVersionAndDocument(WebhookDto webhook)
    {
        SetVersion(webhook);
        return WebhookDocument.From(webhook);
    }
}
