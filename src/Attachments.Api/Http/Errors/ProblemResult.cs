using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Http.Errors;

/// <summary>Lets MVC answer with a <see cref="Problem"/> where it refuses a request by itself.</summary>
internal sealed class ProblemResult(Problem problem) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context) => ProblemWriter.Write(context.HttpContext, problem);
}
