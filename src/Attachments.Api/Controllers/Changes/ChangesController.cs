using Attachments.Api.Docs;
using Attachments.Application.Changes;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Attachments.Api.Controllers.Changes;

/// <summary>The change feed: what happened to whatever the caller may see, in order.</summary>
[ApiController]
[Tags("Changes")]
[TagDescription("The change feed: what happened to whatever the caller may see, in order.")]
[Route("v1/changes")]
public sealed class ChangesController(
    IMediator mediator, IChangeWriter writer, IOptions<ChangesOptions> options, IHostApplicationLifetime lifetime, TimeProvider time)
    : ControllerBase
{
    /// <summary>Reads changes after a cursor, or waits for some.</summary>
    /// <remarks>
    /// Changes of one object come in the order of its revisions. Everybody sees what they could see when it happened: changes of the sessions
    /// of their projects, of records with the scope, of their own sets, and of attachments that they or their organisations own, or owned
    /// before. With `Accept: text/event-stream` the answer is a stream of server-sent events, one for each change: `id` is the cursor after
    /// it and `data` the change. `Last-Event-ID` counts instead of `after`. If nothing comes for 15 seconds, the stream has a comment and the
    /// cursor that it has reached. It ends with the token.
    /// </remarks>
    /// <param name="after">The `next` of the previous page. Without it, the oldest change that is kept is the first; with `latest` there is none, only a cursor.</param>
    /// <param name="limit">The largest number to return: 1 to 1000.</param>
    /// <param name="wait">For how many seconds the answer is held if there is no change: 0 to 60.</param>
    /// <param name="type">Only changes of these types, separated by commas: `session.attachment.stored,session.attachment.deleted`.</param>
    /// <param name="project">Only changes of sessions of this project.</param>
    /// <param name="formType">A form type.</param>
    /// <param name="lastEventId">A cursor.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">Changes in order, and the cursor to go on from. With `more` there may be others now, even if there is none on this page.</response>
    [HttpGet]
    [ProducesResponseType<ChangePageDocument>(StatusCodes.Status200OK)]
    [ResponseExample(StatusCodes.Status200OK, ChangeExamples.Page)]
    [StreamedResponse(ChangeExamples.Stream)]
    [ErrorResponse(400, "`cursor_invalid`: the cursor is not one from here.")]
    [ErrorResponse(404, "`changes_off`: the service keeps no feed.")]
    [ErrorResponse(410, "`cursor_expired`: what follows the cursor is no longer kept, or the cursor is of another feed. List what there is, and read on from `latest`.")]
    [Operation("Changes")]
    public async Task<IActionResult> Read(
        [FromQuery] string? after = null,
        [FromQuery] int limit = ReadChanges.DefaultLimit,
        [FromQuery] int wait = 0,
        [FromQuery] string[]? type = null,
        [FromQuery] long? project = null,
        [FromQuery(Name = "form_type")] string? formType = null,
        [FromHeader(Name = ChangeStream.LastEventId)] string? lastEventId = null,
        CancellationToken cancellationToken = default)
    {
        ReadChangesHandler.RequireOn(options.Value);
        Response.Headers.CacheControl = "no-store";
        Response.Headers.Vary = HeaderNames.Accept;
        var filter = new ChangeFilter([.. (type ?? []).SelectMany(Split)], project, formType);
        var ending = new CallersTime(HttpContext, time, lifetime.ApplicationStopping);
        Response.RegisterForDispose(ending);
        var toHead = HttpMethods.IsHead(Request.Method);
        if (ChangeStream.IsAskedFor(Request))
        {
            var first = new ReadChanges(string.IsNullOrEmpty(lastEventId) ? after : lastEventId, limit, filter) { Ending = ending.Token };
            return new ChangeStream(mediator, writer, first, await mediator.Send(first, cancellationToken));
        }

        var page = new ReadChanges(after, limit, filter) { Wait = TimeSpan.FromSeconds(toHead ? 0 : wait), Ending = ending.Token };
        return Ok(ChangePageDocument.From(await mediator.Send(page, cancellationToken)));
    }

    private static string[] Split(string types) =>
        types.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
