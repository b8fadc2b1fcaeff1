using System.Net;
using System.Net.Sockets;
using Attachments.Application.Webhooks;

namespace Attachments.Infrastructure.Webhooks;

/// <summary>Connects to the addresses of a name that a webhook may reach, and to no other.</summary>
internal sealed class GuardedConnector(IHostResolver resolver, WebhookTargets targets)
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="WebhookFailureException">No address was reached.</exception>
    public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        IPAddress[] allowed = [.. (await Resolve(host, cancellationToken)).Where(targets.Allow)];
        if (allowed.Length == 0)
        {
            throw new WebhookFailureException("address_refused");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // One after another, and each of them has been checked.
            await socket.ConnectAsync(allowed, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw new WebhookFailureException("connection_failed");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        try
        {
            return await resolver.Resolve(host, cancellationToken);
        }
        catch (SocketException)
        {
            throw new WebhookFailureException("name_not_resolved");
        }
    }
}

/// <summary>Why a try has failed.</summary>
/// <param name="code">In snake case. It says nothing of the network that callers could not know.</param>
internal sealed class WebhookFailureException(string code) : Exception(code)
{
    public string Code { get; } = code;
}
