using System.Runtime.InteropServices;

namespace Attachments.Testing;

/// <summary>The service in processes of their own: one, or several that share all their settings, behind a load balancer.</summary>
public sealed class Deployment : IAsyncDisposable
{
    private readonly ServiceSettings settings;
    private readonly string[] arguments;
    private readonly ServiceProcess[] replicas;
    private readonly Uri[] addresses;
    private LoadBalancer? balancer;

    private Deployment(ServiceSettings settings, int count, string[] arguments)
    {
        this.settings = settings;
        this.arguments = arguments;
        replicas = [.. Enumerable.Range(0, count).Select(_ => Launch())];
        addresses = new Uri[count];
    }

    /// <summary>Where clients find it.</summary>
    public Uri Address => balancer?.Address ?? addresses[0];

    /// <summary>The processes that it is.</summary>
    public IEnumerable<int> ProcessIds => replicas.Select(replica => replica.Id);

    /// <summary>Starts all the replicas at once, and waits until they serve.</summary>
    public static async Task<Deployment> Start(ServiceSettings settings, int count = 1, params string[] arguments)
    {
        var deployment = new Deployment(settings, count, arguments);
        try
        {
            for (var i = 0; i < count; i++)
            {
                deployment.addresses[i] = await deployment.replicas[i].Listening();
            }

            deployment.balancer = count > 1 ? await LoadBalancer.Start(deployment.addresses) : null;
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a replica as a crash would.</summary>
    public Task Kill(int replica) => replicas[replica].Kill();

    /// <summary>Ends a replica as <c>deploy/rolling-restart</c> does: no request may notice.</summary>
    /// <returns>How it ended.</returns>
    public async Task<Outcome> Retire(int replica)
    {
        await balancer!.Use([.. addresses.Where((_, i) => i != replica)]);
        await LoadBalancer.WaitUntilQuiet(addresses[replica]);
        return await Stop(replicas[replica]);
    }

    /// <summary>Puts a new replica in the place of one that has ended.</summary>
    public async Task Replace(int replica)
    {
        await replicas[replica].DisposeAsync();
        replicas[replica] = Launch();
        addresses[replica] = await replicas[replica].Listening();
        await balancer!.Use(addresses);
    }

    /// <summary>Ends all that run still, orderly, so that whatever they were doing is done or undone.</summary>
    public Task Stop() => Task.WhenAll(replicas.Where(replica => !replica.HasEnded).Select(Stop));

    public async ValueTask DisposeAsync()
    {
        if (balancer is not null)
        {
            await balancer.DisposeAsync();
        }

        foreach (var replica in replicas)
        {
            await replica.DisposeAsync();
        }
    }

    private ServiceProcess Launch() => ServiceProcess.Launch(settings, arguments);

    private static Task<Outcome> Stop(ServiceProcess replica)
    {
        replica.Send(PosixSignal.SIGTERM);
        return replica.Ended();
    }
}
