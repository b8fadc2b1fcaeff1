using Attachments.Api.Http.Conditional;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Http.Documents;

/// <summary>Serves a document that has versions to GET, with conditions (RFC 9110, section 13).</summary>
/// <param name="answer">Writes the document, where it is asked for.</param>
/// <param name="current">The version that it is of.</param>
internal sealed class VersionedResult(IActionResult answer, CurrentRepresentation current) : IActionResult
{
    /// <summary>Answers 200 or 304.</summary>
    /// <exception cref="PreconditionFailedException"><c>precondition_failed</c>.</exception>
    public Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var outcome = PreconditionHeaders.ParseForRead(http.Request.Headers, now).Evaluate(current);
        if (outcome == PreconditionOutcome.Failed)
        {
            throw new PreconditionFailedException(
                "precondition_failed", "The current state does not match the preconditions of the request.");
        }

        ValidatorHeaders.Set(http.Response.Headers, current, now);
        if (outcome == PreconditionOutcome.NotModified)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return answer.ExecuteResultAsync(context);
    }
}
