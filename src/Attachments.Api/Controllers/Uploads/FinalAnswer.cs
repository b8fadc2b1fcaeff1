using Attachments.Api.Controllers.OwnedAttachments;
using Attachments.Api.Http.Errors;
using Attachments.Api.Http.JsonApi;
using Attachments.Application.Uploads;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Controllers.Uploads;

/// <summary>
/// The answer to the request that ends an upload by RUFH: that of the plain upload, of which it has the status and the body, be it a success
/// or a refusal ("Upload Append").
/// </summary>
internal sealed class FinalAnswer(UploadDto upload, UnsetSequenceMap unset) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;
        if (upload.Outcome is StoredOutcome stored)
        {
            var (status, body) = UploadResultDocument.Describe(stored.Result, http.Request, unset);
            IActionResult answer = body is null ? new StatusCodeResult(status) : new ObjectResult(body) { StatusCode = status };
            return answer.ExecuteResultAsync(context);
        }

        var problem = Problems.For(((RefusedOutcome)upload.Outcome!).ToException());
        return JsonApiFamily.Includes(http.Request.PathBase, upload.Path)
            ? ProblemWriter.Write(http, problem, new JsonApiProblemFormat())
            : ProblemWriter.Write(http, problem);
    }
}
