using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Attachments.Api.Http.CleartextHttp2;

/// <summary>Two servers that serve one application and start and stop as one.</summary>
/// <param name="accepting">Has the addresses.</param>
/// <param name="behind">Is there before the first connection, and until the last has ended.</param>
internal sealed class PairedServer(IServer accepting, IServer behind) : IServer
{
    public IFeatureCollection Features => accepting.Features;

    public async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        await behind.StartAsync(application, cancellationToken);
        await accepting.StartAsync(application, cancellationToken);
    }

    // Stop both at once, since the first waits for connections that only the second can close.
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(accepting.StopAsync(cancellationToken), behind.StopAsync(cancellationToken));

    public void Dispose()
    {
        accepting.Dispose();
        behind.Dispose();
    }
}
