using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Attachments.ProcessTests;

/// <summary>A client that sends a file over a bad line: piece by piece, without knowing how long it will be.</summary>
internal sealed class SlowUpload : IDisposable
{
    private readonly TcpClient client;
    private readonly NetworkStream stream;
    private readonly MemoryStream sent = new();

    private SlowUpload(TcpClient client, string point)
    {
        this.client = client;
        stream = client.GetStream();
        Point = point;
    }

    public string Point { get; }

    public byte[] Sent => sent.ToArray();

    /// <summary>Begins, and returns when the service asks for the body.</summary>
    public static async Task<SlowUpload> Begin(Service service, string session, string point)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, service.Address.Port);
        var upload = new SlowUpload(client, point);
        var head = $"PUT {Service.GetPath(session, point)} HTTP/1.1\r\nHost: {service.Address.Authority}\r\n"
            + $"Authorization: Bearer {service.Token}\r\nContent-Type: application/octet-stream\r\n"
            + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
        await upload.stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        (await upload.ReadHead()).ShouldStartWith("HTTP/1.1 100 ");
        return upload;
    }

    public async Task Send(ReadOnlyMemory<byte> bytes)
    {
        sent.Write(bytes.Span);
        var size = bytes.Length.ToString("x", CultureInfo.InvariantCulture);
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"{size}\r\n"), .. bytes.Span, .. "\r\n"u8]);
    }

    /// <summary>Ends the file, and waits for the answer.</summary>
    public async Task Finish()
    {
        await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
        (await ReadHead()).ShouldStartWith("HTTP/1.1 200 ");
    }

    /// <summary>Breaks the connection, as a line that is cut does.</summary>
    public void Cut() => client.Client.Close(timeout: 0);

    public void Dispose()
    {
        client.Dispose();
        sent.Dispose();
    }

    private async Task<string> ReadHead()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
