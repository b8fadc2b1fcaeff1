using System.Collections.Concurrent;
using System.Diagnostics;

namespace Attachments.Infrastructure.Previews;

/// <summary>
/// Starts processes by one thread that lives as long as the service: the kernel kills a worker when the thread ends that started it.
/// </summary>
internal sealed class ProcessStarter : IDisposable
{
    private readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> requests = [];
    private readonly Thread thread;

    public ProcessStarter()
    {
        thread = new Thread(Serve) { IsBackground = true, Name = "previews" };
        thread.Start();
    }

    public Task<Process> Start(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        requests.Add((start, started));
        return started.Task;
    }

    public void Dispose()
    {
        requests.CompleteAdding();
        thread.Join();
        requests.Dispose();
    }

    private void Serve()
    {
        foreach (var (start, started) in requests.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        }
    }
}
