using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Http.CleartextHttp2;

/// <summary>
/// HTTP/2 with prior knowledge (RFC 9113, section 3.3) on the ports that serve HTTP/1.1 without TLS. Kestrel serves one of the two on
/// such a port, since it leaves the choice to ALPN, which is a part of TLS.
/// </summary>
internal static class CleartextHttp2Registration
{
    /// <summary>Puts a second Kestrel behind the first, which hands over the connections that begin with HTTP/2's preface.</summary>
    /// <param name="services">Those of a host whose server is Kestrel.</param>
    /// <param name="configure">How both are configured.</param>
    public static IServiceCollection AddCleartextHttp2(this IServiceCollection services, Action<KestrelServerOptions> configure)
    {
        var kestrel = services.Last(service => service.ServiceType == typeof(IServer)).ImplementationType!;
        services.AddSingleton<ConnectionHandover>();
        services.AddOptions<KestrelServerOptions>().Configure<ConnectionHandover>((options, handover) =>
            options.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection =>
                Http2Preface.MustBeDetected(endpoint)
                    ? handover.Dispatch(connection, options.Limits.KeepAliveTimeout, next)
                    : next(connection))));
        services.Replace(ServiceDescriptor.Singleton<IServer>(provider => new PairedServer(
            (IServer)ActivatorUtilities.CreateInstance(provider, kestrel), Http2Server(provider, configure))));
        return services;
    }

    private static KestrelServer Http2Server(IServiceProvider provider, Action<KestrelServerOptions> configure)
    {
        var handover = provider.GetRequiredService<ConnectionHandover>();
        var options = new KestrelServerOptions { ApplicationServices = provider };
        configure(options);
        options.Listen(handover.EndPoint, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        return new KestrelServer(Options.Create(options), handover, provider.GetRequiredService<ILoggerFactory>());
    }
}
