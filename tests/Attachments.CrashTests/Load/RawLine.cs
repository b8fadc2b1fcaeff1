using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Attachments.CrashTests.Load;

/// <summary>
/// HTTP/1.1 over a connection as a bad line has it: segments of the size that the internet takes, and next to no buffer at the client's
/// end, so that the service feels how fast the client is.
/// </summary>
internal sealed class RawLine : IDisposable
{
    private const int SegmentBytes = 1460;
    private const int LeastReceiveBuffer = 1;

    // IPPROTO_TCP and TCP_MAXSEG of Linux (tcp(7)).
    private const int TcpLevel = 6;
    private const int MaximumSegment = 2;

    private readonly Target target;
    private readonly Socket socket;
    private readonly NetworkStream stream;

    private RawLine(Target target, Socket socket)
    {
        this.target = target;
        this.socket = socket;
        stream = new NetworkStream(socket);
    }

    public Stream Stream => stream;

    public static async Task<RawLine> Open(Target target)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveBufferSize = LeastReceiveBuffer,
        };
        socket.SetRawSocketOption(TcpLevel, MaximumSegment, BitConverter.GetBytes(SegmentBytes));
        await socket.ConnectAsync(IPAddress.Loopback, target.Address.Port);
        return new RawLine(target, socket);
    }

    /// <summary>Sends a request up to and with the empty line before its body.</summary>
    public async Task Ask(string method, string path, params string[] fields)
    {
        var head = $"{method} {path} HTTP/1.1\r\nHost: {target.Address.Authority}\r\nAuthorization: Bearer {target.Token}\r\n"
            + string.Concat(fields.Select(field => $"{field}\r\n")) + "\r\n";
        await Send(Encoding.ASCII.GetBytes(head));
    }

    /// <summary>Begins to upload a file.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="length">In bytes; null: it comes in chunks.</param>
    /// <param name="more">Further fields.</param>
    public Task AskToStore(string path, int? length, params string[] more) => Ask(
        "PUT",
        path,
        [
            "Content-Type: application/octet-stream",
            length is null ? "Transfer-Encoding: chunked" : $"Content-Length: {length}",
            .. more,
        ]);

    public async Task Send(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes);

    /// <summary>A request without a body, and its answer to the end.</summary>
    public async Task<int> AskWhole(string method, string path)
    {
        await Ask(method, path);
        return await SkipAnswer(method);
    }

    /// <summary>A whole file at once, and the answer to it to the end.</summary>
    public async Task<int> Put(string path, LoadFile file)
    {
        await AskToStore(path, file.Length);
        await Send(file.Bytes);
        return await SkipAnswer("PUT");
    }

    /// <summary>Reads the next answer up to its body, and counts it.</summary>
    /// <returns>Its status and the length of its body, in bytes; null where that comes in chunks.</returns>
    public async Task<(int Status, int? Length)> ReadHead(string method)
    {
        var status = int.Parse((await ReadLine()).Split(' ')[1], CultureInfo.InvariantCulture);
        if (status >= 200)
        {
            target.Tally.Answered(method, status);
        }

        var (length, isRetriable) = ((int?)null, false);
        for (string line; (line = await ReadLine()).Length > 0;)
        {
            var (name, value) = line.Split(':', 2) is [var left, var right] ? (left, right.Trim()) : (line, "");
            isRetriable |= name.Equals("Retry-After", StringComparison.OrdinalIgnoreCase);
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                length = int.Parse(value, CultureInfo.InvariantCulture);
            }
        }

        if (status >= 500 && (status != 503 || !isRetriable))
        {
            target.Tally.Fault($"{method} was answered {status}");
        }

        return (status, length);
    }

    /// <summary>Reads an answer to its end.</summary>
    /// <returns>Its status.</returns>
    public async Task<int> SkipAnswer(string method)
    {
        var (status, length) = await ReadHead(method);
        if (length is { } known)
        {
            await Skip(known);
            return status;
        }

        for (int size; (size = int.Parse(await ReadLine(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)) > 0; await ReadLine())
        {
            await Skip(size);
        }

        await ReadLine();
        return status;
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }

    private async Task Skip(int count) => await stream.ReadExactlyAsync(new byte[count]);

    // Byte by byte, so that not one of the body is taken.
    private async Task<string> ReadLine()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(one);
            if (one[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)one[0]);
        }
    }
}
