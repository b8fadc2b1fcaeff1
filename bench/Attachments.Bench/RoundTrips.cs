using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Attachments.Bench;

/// <summary>
/// Stands between the service and PostgreSQL and counts round trips: messages of the client after which it waits for an answer (Sync or
/// Query; PostgreSQL's protocol, section 55.7).
/// </summary>
internal sealed class RoundTrips : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly NpgsqlConnectionStringBuilder database;
    private readonly Task accepting;
    private long count;

    public RoundTrips(string database)
    {
        this.database = new NpgsqlConnectionStringBuilder(database);
        listener.Start();
        accepting = Accept();
    }

    /// <summary>So far.</summary>
    public long Count => Interlocked.Read(ref count);

    /// <summary>The connection string that leads through here.</summary>
    public string Database => new NpgsqlConnectionStringBuilder(database.ConnectionString)
    {
        Port = ((IPEndPoint)listener.LocalEndpoint).Port,
    }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        listener.Dispose();
    }

    private async Task Accept()
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(stop.Token);
            _ = Pass(client);
        }
    }

    private async Task Pass(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            await server.ConnectAsync(database.Host!, database.Port, stop.Token);
            await Task.WhenAny(
                CountAndCopy(client.GetStream(), server.GetStream()), server.GetStream().CopyToAsync(client.GetStream(), stop.Token));
        }
    }

    private async Task CountAndCopy(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[1 << 16];

        // The first message has no type; where encryption was asked for, the connection string said not to.
        var left = await ReadHead(from, to, buffer, typed: false);
        while (true)
        {
            while (left > 0)
            {
                var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), stop.Token);
                await to.WriteAsync(buffer.AsMemory(0, read), stop.Token);
                left = read == 0 ? throw new EndOfStreamException() : left - read;
            }

            left = await ReadHead(from, to, buffer, typed: true);
        }
    }

    private async Task<long> ReadHead(NetworkStream from, NetworkStream to, byte[] buffer, bool typed)
    {
        var size = typed ? 5 : 4;
        await from.ReadExactlyAsync(buffer.AsMemory(0, size), stop.Token);
        await to.WriteAsync(buffer.AsMemory(0, size), stop.Token);
        if (typed && buffer[0] is (byte)'S' or (byte)'Q')
        {
            Interlocked.Increment(ref count);
        }

        return BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(size - 4)) - 4;
    }
}
