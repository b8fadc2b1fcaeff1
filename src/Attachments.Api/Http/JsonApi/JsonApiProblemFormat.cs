using Attachments.Api.Http.Errors;
using Microsoft.Net.Http.Headers;

namespace Attachments.Api.Http.JsonApi;

/// <summary>The errors of the records family: error objects (JSON:API 1.1, "Errors").</summary>
internal sealed class JsonApiProblemFormat : IProblemFormat
{
    public string MediaType => JsonApiMediaType.Name;

    public bool AppliesTo(HttpContext context) => JsonApiFamily.Includes(context);

    /// <summary>No body for 404: the records API describes it as "404 Not Found (EMPTY)".</summary>
    public object? Body(Problem problem, string traceId) =>
        problem.Status == StatusCodes.Status404NotFound ? null : JsonApiErrors.From(problem, traceId);

    public void SetHeaders(IHeaderDictionary headers) => headers.Vary = HeaderNames.Accept;
}
