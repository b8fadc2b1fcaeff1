namespace Attachments.Api.Http.Logging;

/// <summary>Gives up on a collector that does not answer, as the exporters of metrics and traces do, so that it cannot keep the service from stopping.</summary>
internal sealed class ExportTimeout() : DelegatingHandler(new SocketsHttpHandler { ActivityHeadersPropagator = null })
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        return await base.SendAsync(request, timeout.Token);
    }
}
