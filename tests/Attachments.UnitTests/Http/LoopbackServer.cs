using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Attachments.UnitTests.Http;

/// <summary>A real Kestrel on a free port, spoken to in bytes: a client would mend or refuse what is to be tested.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private LoopbackServer(WebApplication app) => this.app = app;

    private int Port
    {
        get
        {
            var features = app.Services.GetRequiredService<IServer>().Features;
            return new Uri(features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()).Port;
        }
    }

    public static async Task<LoopbackServer> Start(Action<WebApplication> configure, Action<WebApplicationBuilder>? build = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        build?.Invoke(builder);
        var app = builder.Build();
        configure(app);
        try
        {
            await app.StartAsync();
            return new LoopbackServer(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>The status and the body of the answer to a GET.</summary>
    public async Task<(int Status, string Body)> Get(string target)
    {
        using var client = await Connect();
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync();
        var body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return (int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture), answer[(body + 4)..]);
    }

    public async Task<TcpClient> Connect()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        return client;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
