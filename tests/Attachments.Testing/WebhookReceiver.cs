using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Attachments.Testing;

/// <summary>A receiver of webhooks on a port of its own, which answers as it is told, also in ways that no server framework would.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly TcpListener listener = TcpListener.Create(0);
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentQueue<ReceivedHook> received = [];
    private readonly ConcurrentBag<Task> connections = [];
    private readonly HookAnswer answer;
    private readonly Task accepting;
    private bool hasEnded;

    private WebhookReceiver(HookAnswer answer)
    {
        this.answer = answer;
        listener.Start();
        accepting = Accept();
    }

    public delegate Task HookAnswer(ReceivedHook hook, Stream stream, CancellationToken cancellationToken);

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}/hook?secret=of-the-url";

    /// <summary>In the order of their arrival; an answer that has not been sent counts too.</summary>
    public IReadOnlyList<ReceivedHook> Received => [.. received];

    /// <summary>The settings of a service that may reach it.</summary>
    public string[] Settings =>
        ["--environment=Development", "--Webhooks:AllowedNetworks=127.0.0.0/8", $"--Webhooks:AllowedPorts={Port}"];

    public static WebhookReceiver Start(HookAnswer? answer = null) => new(answer ?? Answers(200));

    /// <summary>Answers all alike.</summary>
    public static HookAnswer Answers(int status, string body = "", params string[] fields) =>
        (_, stream, token) => stream.WriteAsync(Format(status, body, fields), token).AsTask();

    public static byte[] Format(int status, string body = "", params string[] fields) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Whatever\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n")
        + string.Concat(fields.Select(field => $"{field}\r\n")) + $"Connection: close\r\n\r\n{body}");

    public Task WaitFor(int count) => Eventually.Holds(() => Task.FromResult(received.Count >= count), $"{count} webhooks have been received.");

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref hasEnded, true))
        {
            return;
        }

        await end.CancelAsync();
        await accepting;
        await Task.WhenAll(connections);
        listener.Dispose();
        end.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (!end.IsCancellationRequested)
            {
                connections.Add(Serve(await listener.AcceptTcpClientAsync(end.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // It ends.
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                var hook = await Read(stream, end.Token);
                received.Enqueue(hook);
                await answer(hook, stream, end.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The sender went away, or the receiver ends.
            }
        }
    }

    private static async Task<ReceivedHook> Read(Stream stream, CancellationToken cancellationToken)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (!bytes.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            bytes.Add(one[0]);
        }

        var fields = Encoding.ASCII.GetString([.. bytes]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split(": ", 2))
            .ToDictionary(field => field[0], field => field[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(fields["Content-Length"], CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return new ReceivedHook(fields, Encoding.UTF8.GetString(body));
    }
}

/// <summary>A request that a receiver of webhooks got.</summary>
/// <param name="Fields">The header fields.</param>
/// <param name="Body">As text.</param>
public sealed record ReceivedHook(IReadOnlyDictionary<string, string> Fields, string Body)
{
    public string Id => Fields["webhook-id"];
}
