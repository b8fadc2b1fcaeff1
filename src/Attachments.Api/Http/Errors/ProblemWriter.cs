using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attachments.Api.Http.Logging;
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
    public static Task Write(HttpContext context, Problem problem) => Write(
        context,
        problem,
        context.RequestServices.GetServices<IProblemFormat>().FirstOrDefault(format => format.AppliesTo(context, problem)));

    /// <summary>The same in a given format; null: as problem details.</summary>
    public static Task Write(HttpContext context, Problem problem, IProblemFormat? dialect)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        foreach (var (name, value) in problem.Headers)
        {
            response.Headers[name] = value;
        }

        if (problem.SupportedMediaTypes.Count > 0)
        {
            SetAcceptHeaders(context, string.Join(", ", problem.SupportedMediaTypes));
        }

        if ((problem.Status == StatusCodes.Status408RequestTimeout || problem.ClosesConnection) && !HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            // RFC 9110, section 15.5.9. In HTTP/2 the stream alone is ended, and the field is not allowed.
            response.Headers.Connection = "close";
        }

        var traceId = RequestTrace.GetId(context);
        if (dialect is null)
        {
            return Write(context, $"{ProblemBody.MediaType}; charset=utf-8", CreateBody(problem, traceId));
        }

        dialect.SetHeaders(response.Headers);
        return Write(context, dialect.MediaType, dialect.Body(problem, traceId));
    }

    /// <summary>Sets Accept (RFC 9110, section 12.5.1) and, for PATCH, Accept-Patch (RFC 5789, section 2.2).</summary>
    private static void SetAcceptHeaders(HttpContext context, string types)
    {
        context.Response.Headers.Accept = types;
        if (HttpMethods.IsPatch(context.Request.Method))
        {
            context.Response.Headers["Accept-Patch"] = types;
        }
    }

    private static async Task Write(HttpContext context, string mediaType, object? body)
    {
        var response = context.Response;
        if (body is null)
        {
            response.ContentLength = 0;
            return;
        }

        var bytes = body is string text ? Encoding.UTF8.GetBytes(text) : JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), Json);
        response.ContentType = mediaType;
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            // Without the request's token: to a client that has gone it writes nothing, and there is nothing to report.
            await response.Body.WriteAsync(bytes, CancellationToken.None);
        }
    }

    /// <summary>The problem details.</summary>
    public static ProblemBody CreateBody(Problem problem, string traceId)
    {
        var title = ReasonPhrases.GetReasonPhrase(problem.Status);
        return new ProblemBody(
            problem.Type ?? "about:blank",
            title.Length > 0 ? title : "Error",
            problem.Status,
            problem.Code,
            traceId,
            problem.Detail,
            problem.Errors,
            problem.ExpectedOffset,
            problem.ProvidedOffset);
    }
}
