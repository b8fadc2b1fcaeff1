using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace Attachments.Api.Http.Errors;

/// <summary>Writes a <see cref="Problem"/> as the response. Every error of the service is rendered here, and nowhere else.</summary>
internal static class ProblemWriter
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Letters of every script stay readable; what could be markup is escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Sets status and headers, and writes the body unless the method is HEAD.</summary>
    public static async Task Write(HttpContext context, Problem problem)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(BodyOf(problem, RequestTrace.IdOf(context)), Json);
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = $"{ProblemBody.MediaType}; charset=utf-8";
        response.ContentLength = body.Length;
        foreach (var (name, value) in problem.Headers)
        {
            response.Headers[name] = value;
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            // Without the request's token: to a client that has gone it writes nothing, and there is nothing to report.
            await response.Body.WriteAsync(body, CancellationToken.None);
        }
    }

    private static ProblemBody BodyOf(Problem problem, string traceId)
    {
        var title = ReasonPhrases.GetReasonPhrase(problem.Status);
        return new ProblemBody(
            "about:blank", title.Length > 0 ? title : "Error", problem.Status, problem.Code, traceId, problem.Detail, problem.Errors);
    }
}
