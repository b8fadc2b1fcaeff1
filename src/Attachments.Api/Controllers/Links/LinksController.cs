using Attachments.Api.Docs;
using Attachments.Api.Http.Conditional;
using Attachments.Api.Http.Media;
using Attachments.Application.Conditional;
using Attachments.Application.Links;
using Attachments.Application.Settings;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Controllers.Links;

/// <summary>Signed links: URLs that grant one request, for a time, to whoever has them.</summary>
[ApiController]
[Tags("Links")]
[TagDescription("Signed links: URLs that grant one request, for a time, to whoever has them.")]
[Route("v1/links")]
public sealed class LinksController(
    IMediator mediator, IOptions<LimitsOptions> limits, IOptions<LinksOptions> options, TimeProvider time) : ControllerBase
{
    /// <summary>Makes links, each for a request that the caller may make now.</summary>
    /// <remarks>
    /// A link can be for a download (GET, which includes HEAD), or for an upload: PUT of a session's point, POST of a record's file, POST into a
    /// temporary set, or POST of a new owned attachment. What is uploaded belongs to the maker of the link. `links_off` (404): the service
    /// has no key for links.
    /// </remarks>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">For each item, in the order sent, its link or the error that keeps it from being made.</response>
    [HttpPost]
    [RequestBody(MediaTypes.Json, Type = typeof(LinksInput), Description = LinkExamples.Description, Example = LinkExamples.Items)]
    [ProducesResponseType<MadeLinksDocument>(StatusCodes.Status200OK)]
    [ResponseExample(StatusCodes.Status200OK, LinkExamples.Made)]
    [ErrorResponse(404, "`links_off`: the service has no key for links.")]
    [Operation("Links")]
    public async Task<MadeLinksDocument> Create(CancellationToken cancellationToken)
    {
        var links = new CreateLinks(token => LinksBody.Read(Request, limits.Value, options.Value, token), Conditions());
        return MadeLinksDocument.From(await mediator.Send(links, cancellationToken));
    }

    /// <summary>Lists the caller's revocable links, newest first.</summary>
    /// <remarks>Links that are not revocable leave no trace in the service, so they are not listed.</remarks>
    /// <param name="limit">The largest number to return: 1 to 200.</param>
    /// <param name="after">The `next` of the previous page.</param>
    /// <param name="by">The UUID of another user; for administrators.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">A page; `next` has the cursor of the next page.</response>
    [HttpGet]
    [ResponseExample(StatusCodes.Status200OK, LinkExamples.List)]
    [ErrorResponse(403, "Only administrators can list the links of others.")]
    [ErrorResponse(404, "`links_off`: the service has no key for links.")]
    [Operation("Links")]
    public async Task<LinkListDocument> List(
        [FromQuery] int limit = ListLinks.DefaultLimit,
        [FromQuery] string? after = null,
        [FromQuery] string? by = null,
        CancellationToken cancellationToken = default) =>
        LinkListDocument.From(await mediator.Send(new ListLinks(limit, after, by), cancellationToken));

    /// <summary>Revokes a link. It answers 410 from then on; a transfer that has begun ends whole.</summary>
    /// <param name="id" example="019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5">The link.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="204">Revoked.</response>
    [HttpDelete("{id}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Operation("Link")]
    public async Task<IActionResult> Revoke(Guid id, CancellationToken cancellationToken)
    {
        await mediator.Send(new RevokeLink(id, Conditions()), cancellationToken);
        return NoContent();
    }

    private Preconditions Conditions() => PreconditionHeaders.ParseForWrite(Request.Headers, time.GetUtcNow());
}
