using System.Net;

namespace Attachments.Api.Health;

/// <summary>
/// The verb <c>health</c>: asks the service that runs on this machine whether it is ready, for container engines to judge it by, in
/// images that hold no other program.
/// </summary>
internal static class HealthVerb
{
    /// <summary>Longer than the service takes to find out that its database is gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <param name="args">As given to the service: <c>--urls</c>, or else the variables ASPNETCORE_URLS and ASPNETCORE_HTTP_PORTS.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>0 when the service is ready, 1 when it is not or does not answer.</returns>
    public static async Task<int> Run(string[] args, CancellationToken cancellationToken)
    {
        var address = AddressIn(new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build());
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri(address, "/health/ready"), cancellationToken);
            await Console.Out.WriteLineAsync(await answer.Content.ReadAsStringAsync(cancellationToken));
            return answer.StatusCode == HttpStatusCode.OK ? 0 : 1;
        }
        catch (HttpRequestException exception)
        {
            throw new IOException($"{address} does not answer: {exception.Message}", exception);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{address} did not answer within {Patience.TotalSeconds} seconds.");
        }
    }

    /// <summary>Where the service listens for HTTP, seen from this machine.</summary>
    internal static Uri AddressIn(IConfiguration configuration)
    {
        if (FirstOf(configuration[WebHostDefaults.ServerUrlsKey]) is { } url)
        {
            var binding = BindingAddress.Parse(url);
            return new UriBuilder(binding.Scheme, HostFor(binding.Host), binding.Port).Uri;
        }

        return new Uri($"http://127.0.0.1:{FirstOf(configuration[WebHostDefaults.HttpPortsKey]) ?? "8080"}");
    }

    private static string? FirstOf(string? list) => list?.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();

    // A host that names every address of the machine is none to connect to.
    private static string HostFor(string host) => host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : host;
}
