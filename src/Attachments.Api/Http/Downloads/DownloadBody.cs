namespace Attachments.Api.Http.Downloads;

/// <summary>Sends the body of a download.</summary>
/// <param name="context">The response, with its status and headers set.</param>
/// <param name="logger">Is told of failures that no response can tell of any more.</param>
internal sealed class DownloadBody(HttpContext context, ILogger logger)
{
    /// <summary>
    /// Lets <paramref name="copy"/> write the body. When it fails before the headers are sent, so does this; after that the connection is
    /// aborted, so that a client never takes a part for the whole. A client that goes away is no failure.
    /// </summary>
    public async Task Send(Func<Stream, CancellationToken, Task> copy)
    {
        try
        {
            await copy(context.Response.Body, context.RequestAborted);
        }
        catch (Exception exception) when (IsClientGone(exception))
        {
            logger.LogDebug("The client left before the end of the download.");
        }
        catch (Exception exception) when (context.Response.HasStarted)
        {
            logger.LogError(exception, "The download broke off, and its connection was aborted.");
            context.Abort();
        }
    }

    private bool IsClientGone(Exception exception) =>
        context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException;
}
