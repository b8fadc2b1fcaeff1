using System.Net;
using System.Net.Sockets;

namespace Attachments.Application.Webhooks;

/// <summary>Tells addresses of the public internet from others, by the special-purpose registries (RFC 6890).</summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] SpecialV4 = Parse(
        "0.0.0.0/8", // this network
        "10.0.0.0/8", // private
        "100.64.0.0/10", // carrier-grade NAT
        "127.0.0.0/8", // loopback
        "169.254.0.0/16", // link-local
        "172.16.0.0/12", // private
        "192.0.0.0/24", // protocol assignments
        "192.0.2.0/24", // documentation
        "192.88.99.0/24", // 6to4 relays
        "192.168.0.0/16", // private
        "198.18.0.0/15", // benchmarks
        "198.51.100.0/24", // documentation
        "203.0.113.0/24", // documentation
        "224.0.0.0/4", // multicast
        "240.0.0.0/4"); // reserved, broadcast

    private static readonly IPNetwork GlobalUnicastV6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] SpecialV6 = Parse(
        "2001::/23", // protocol assignments, Teredo
        "2001:db8::/32", // documentation
        "3fff::/20"); // documentation

    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>
    /// An IPv6 address that stands for one of IPv4 (6to4, NAT64) is what that is. An IPv4-mapped one has no place in a public name, so it is
    /// never public.
    /// </summary>
    public static bool Contain(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return !SpecialV4.Any(network => network.Contains(address));
        }

        // The networks below would take it for one of IPv4, and find it in some of them.
        if (address.IsIPv4MappedToIPv6)
        {
            return false;
        }

        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address))
        {
            return Contain(new IPAddress(bytes.AsSpan(12, 4)));
        }

        if (SixToFour.Contains(address))
        {
            return Contain(new IPAddress(bytes.AsSpan(2, 4)));
        }

        return GlobalUnicastV6.Contains(address) && !SpecialV6.Any(network => network.Contains(address));
    }

    private static IPNetwork[] Parse(params string[] networks) => [.. networks.Select(network => IPNetwork.Parse(network))];
}
