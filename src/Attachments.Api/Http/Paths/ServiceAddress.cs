using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Extensions;

namespace Attachments.Api.Http.Paths;

/// <summary>The public address of the service.</summary>
internal static class ServiceAddress
{
    /// <summary>On the host that the request names, or else on the address of its connection, with a slash at its end.</summary>
    public static string From(HttpRequest request)
    {
        var host = request.Host.HasValue ? request.Host : GetTargetHost(request) ?? GetConnectionHost(request);
        return UriHelper.BuildAbsolute(request.Scheme, host, request.PathBase, "/");
    }

    /// <summary>The target may be a whole URI (RFC 9112, section 3.2.2). Null: it is a path.</summary>
    private static HostString? GetTargetHost(HttpRequest request) =>
        Uri.TryCreate(RawRouteValues.GetTarget(request.HttpContext), UriKind.Absolute, out var target)
        && (target.Scheme == Uri.UriSchemeHttp || target.Scheme == Uri.UriSchemeHttps)
            ? new HostString(target.Authority)
            : null;

    /// <summary>HTTP/1.0 needs no Host, and a Host may be empty.</summary>
    private static HostString GetConnectionHost(HttpRequest request)
    {
        var connection = request.HttpContext.Connection;
        var host = connection.LocalIpAddress is { } address ? FormatHost(address) : "localhost";
        return connection.LocalPort == (request.IsHttps ? 443 : 80) ? new HostString(host) : new HostString(host, connection.LocalPort);
    }

    /// <summary>
    /// As a host in a URI: IPv6 in brackets, and without a scope, which is of this machine only (RFC 3986, section 3.2.2).
    /// </summary>
    private static string FormatHost(IPAddress address) => address switch
    {
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => $"[{new IPAddress(address.GetAddressBytes())}]",
        _ => address.ToString(),
    };
}
