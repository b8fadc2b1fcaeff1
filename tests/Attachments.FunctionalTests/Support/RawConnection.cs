using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Attachments.FunctionalTests.Support;

/// <summary>HTTP/1.1 in bytes: an HTTP client would mend, refuse or hide what is to be tested.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient client;
    private readonly NetworkStream stream;
    private readonly CancellationTokenSource patience = new(Patience);

    private RawConnection(TcpClient client)
    {
        this.client = client;
        stream = client.GetStream();
    }

    /// <param name="address">The service's.</param>
    /// <param name="receiveBuffer">How much the system takes before it is read, in bytes.</param>
    public static async Task<RawConnection> Open(Uri address, int? receiveBuffer)
    {
        var client = new TcpClient();
        if (receiveBuffer is { } size)
        {
            client.ReceiveBufferSize = size;
        }

        await client.ConnectAsync(address.Host, address.Port);
        return new RawConnection(client);
    }

    public Task Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    public async Task Send(byte[] bytes) => await stream.WriteAsync(bytes, patience.Token);

    /// <summary>The next response, which may be an interim one.</summary>
    public async Task<Answer> ReadAnswer(bool toHead = false)
    {
        var head = await ReadHead();
        var body = head.Status is >= 100 and < 200 or 204 or 304 || toHead ? [] : await ReadBody(head);
        return head with { Body = body };
    }

    /// <summary>Status and fields; the body is left to be read.</summary>
    public async Task<Answer> ReadHead()
    {
        var status = int.Parse((await ReadLine()).Split(' ')[1], CultureInfo.InvariantCulture);
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (string line; (line = await ReadLine()).Length > 0;)
        {
            var (name, value) = line.Split(':', 2) is [var left, var right] ? (left, right.Trim()) : (line, "");
            fields.TryAdd(name, value).ShouldBeTrue($"{name} is there twice.");
        }

        return new Answer(status, fields, []);
    }

    public async Task<byte[]> Read(int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, patience.Token);
        return bytes;
    }

    /// <summary>All that is sent until the other side ends the connection.</summary>
    public async Task<byte[]> ReadToEnd()
    {
        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest, patience.Token);
        return rest.ToArray();
    }

    /// <summary>Goes away without a word (RST), as a device does that loses its network.</summary>
    public void Drop()
    {
        client.Client.LingerState = new LingerOption(true, 0);
        client.Close();
    }

    /// <summary>Ends its side in good order (FIN).</summary>
    public void EndSending() => client.Client.Shutdown(SocketShutdown.Send);

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        client.Dispose();
        patience.Dispose();
    }

    private async Task<byte[]> ReadBody(Answer head)
    {
        if (head.Field("Content-Length") is { } length)
        {
            return await Read(int.Parse(length, CultureInfo.InvariantCulture));
        }

        head.Field("Transfer-Encoding").ShouldBe("chunked");
        var body = new List<byte>();
        for (int size; (size = int.Parse(await ReadLine(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)) > 0; await ReadLine())
        {
            body.AddRange(await Read(size));
        }

        await ReadLine();
        return [.. body];
    }

    // Byte by byte, so that not one of the body is taken.
    private async Task<string> ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            var next = (char)(await Read(1))[0];
            if (next == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(next);
        }
    }
}
