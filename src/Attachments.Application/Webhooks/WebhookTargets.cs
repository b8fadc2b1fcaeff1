using System.Globalization;
using System.Net;
using Attachments.Application.Errors;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Webhooks;

/// <summary>
/// What webhooks may reach. A URL is checked when it is given and at each try; an address each time before it is connected to, since a name
/// may lead elsewhere by then.
/// </summary>
/// <param name="options">The networks and ports that are allowed.</param>
/// <param name="allowsHttp">Whether a URL may be of <c>http</c>, as in Development.</param>
public sealed class WebhookTargets(IOptions<WebhooksOptions> options, bool allowsHttp)
{
    private const int HttpsPort = 443;

    private readonly IPNetwork[] networks = [.. options.Value.AllowedNetworks.Select(network => IPNetwork.Parse(network))];

    private readonly HashSet<int> ports =
        [HttpsPort, .. options.Value.AllowedPorts.Select(port => int.Parse(port, CultureInfo.InvariantCulture))];

    /// <exception cref="InvalidRequestException"><c>webhook_url_refused</c></exception>
    public Uri RequireUrl(string url)
    {
        var uri = Uri.TryCreate(url, UriKind.Absolute, out var absolute) && IsOfAllowedScheme(absolute)
            ? absolute
            : throw Refuse(allowsHttp ? "The URL must be absolute, and of https or http." : "The URL must be absolute, and of https.");
        if (uri.Host.Length == 0 || uri.UserInfo.Length > 0)
        {
            throw Refuse("The URL must name a host, and have no user and no password.");
        }

        if (!ports.Contains(uri.Port))
        {
            throw Refuse($"The port {uri.Port} may not be reached; Webhooks:AllowedPorts can allow it.");
        }

        return IPAddress.TryParse(uri.IdnHost, out var address) && !Allow(address)
            ? throw Refuse($"The address {address} may not be reached; Webhooks:AllowedNetworks can allow it.")
            : uri;
    }

    /// <summary>
    /// Whether an address may be connected to: it is public, or in an allowed network. An IPv4-mapped address is in the networks of its IPv4
    /// address.
    /// </summary>
    public bool Allow(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Any(network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain))
            || PublicAddresses.Contain(address);
    }

    private bool IsOfAllowedScheme(Uri uri) => uri.Scheme == Uri.UriSchemeHttps || (allowsHttp && uri.Scheme == Uri.UriSchemeHttp);

    private static InvalidRequestException Refuse(string detail) => new("webhook_url_refused", detail);
}
