using System.Net;
using System.Net.Sockets;

namespace Attachments.Infrastructure.Webhooks;

/// <summary>Looks up the addresses of a name.</summary>
public interface IHostResolver
{
    /// <exception cref="SocketException">The name has none, or could not be looked up.</exception>
    Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken);
}

/// <summary>By the resolver of the system.</summary>
internal sealed class SystemResolver : IHostResolver
{
    public Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
