using System.Net;

namespace Attachments.Api.Health;

/// <summary>
/// The command <c>health</c>: asks the service on this machine whether it is ready. It is the health check of container images that contain
/// no other program.
/// </summary>
internal static class HealthVerb
{
    /// <summary>Longer than the service needs to detect that its database is gone.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <param name="args">As for the service: <c>--urls</c>, or else the variables ASPNETCORE_URLS and ASPNETCORE_HTTP_PORTS.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>0 if the service is ready, 1 if it is not or does not answer.</returns>
    public static async Task<int> Run(string[] args, CancellationToken cancellationToken)
    {
        var address = GetAddress(new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build());
        using var client = new HttpClient { Timeout = Timeout };
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
            throw new IOException($"{address} did not answer within {Timeout.TotalSeconds} seconds.");
        }
    }

    /// <summary>The service's HTTP address, as seen from this machine.</summary>
    internal static Uri GetAddress(IConfiguration configuration)
    {
        if (FirstItem(configuration[WebHostDefaults.ServerUrlsKey]) is { } url)
        {
            var binding = BindingAddress.Parse(url);
            return new UriBuilder(binding.Scheme, HostFor(binding.Host), binding.Port).Uri;
        }

        return new Uri($"http://127.0.0.1:{FirstItem(configuration[WebHostDefaults.HttpPortsKey]) ?? "8080"}");
    }

    private static string? FirstItem(string? list) => list?.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();

    // A host that means all addresses of the machine is not one to connect to.
    private static string HostFor(string host) => host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : host;
}
