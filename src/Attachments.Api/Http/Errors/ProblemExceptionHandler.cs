using Attachments.Api.Http.Logging;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Infrastructure.Persistence;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace Attachments.Api.Http.Errors;

/// <summary>Answers every exception that leaves a request: the only place where one becomes a response or an error in the log.</summary>
internal sealed class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (IsDisconnect(httpContext, exception))
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        exception = PostgresFailures.Translate(exception);
        var problem = Problems.For(exception);
        Log(exception, problem);
        await ProblemWriter.Write(httpContext, problem);
        return true;
    }

    /// <summary>
    /// Aborts the connection. The status line has been sent, so this is the only way to tell the client that the response is incomplete.
    /// </summary>
    public void Abort(HttpContext context, Exception exception)
    {
        if (IsDisconnect(context, exception))
        {
            context.Features.Set(new FinalStatus(StatusCodes.Status499ClientClosedRequest));
            return;
        }

        exception = PostgresFailures.Translate(exception);
        var problem = Problems.For(exception);
        context.Features.Set(new FinalStatus(problem.Status));
        logger.Log(GetLevel(exception, problem), exception, "The response was cut off: {Reason}.", exception.Message);
        context.Abort();
    }

    private static bool IsDisconnect(HttpContext context, Exception exception) =>
        exception is ConnectionResetException or ConnectionAbortedException
        || (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException);

    private static LogLevel GetLevel(Exception exception, Problem problem) => exception switch
    {
        UnavailableException => LogLevel.Warning,
        BadHttpRequestException => LogLevel.Debug,
        _ when problem.Status >= StatusCodes.Status500InternalServerError => LogLevel.Error,
        _ => LogLevel.Debug,
    };

    private void Log(Exception exception, Problem problem)
    {
        switch (exception)
        {
            case UnavailableException:
                logger.LogWarning(exception, "Unavailable: {Code}.", problem.Code);
                break;
            case BlobGoneException gone:
                logger.LogError(exception, "The bytes of blob {BlobId} are missing.", gone.BlobId);
                break;
            default:
                logger.Log(GetLevel(exception, problem), exception, "Answered {Status} {Code}.", problem.Status, problem.Code);
                break;
        }
    }
}
