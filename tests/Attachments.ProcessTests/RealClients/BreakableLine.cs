using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Attachments.ProcessTests.RealClients;

/// <summary>A line to the service that can be cut: connections end at once, and no other begins until it is healed.</summary>
internal sealed class BreakableLine : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> open = new();
    private readonly Uri service;
    private readonly Task accepting;
    private volatile bool isCut;

    private BreakableLine(Uri service)
    {
        this.service = service;
        listener.Start();
        accepting = Accept();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public static BreakableLine To(Uri service) => new(service);

    public void Cut()
    {
        isCut = true;
        foreach (var client in open.Keys)
        {
            client.Dispose();
        }
    }

    public void Heal() => isCut = false;

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        Cut();
        await accepting;
    }

    private async Task Accept()
    {
        var passing = new ConcurrentBag<Task>();
        try
        {
            while (true)
            {
                passing.Add(Pass(await listener.AcceptTcpClientAsync()));
            }
        }
        catch (SocketException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task Pass(TcpClient from)
    {
        using var to = new TcpClient();
        open[from] = open[to] = true;
        try
        {
            if (!isCut)
            {
                await to.ConnectAsync(service.Host, service.Port);
                var (near, far) = (from.GetStream(), to.GetStream());
                await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It was cut.
        }
        finally
        {
            open.TryRemove(from, out _);
            open.TryRemove(to, out _);
            from.Dispose();
        }
    }
}
