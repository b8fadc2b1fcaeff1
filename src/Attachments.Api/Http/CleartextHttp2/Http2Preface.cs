using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Attachments.Api.Http.CleartextHttp2;

/// <summary>The first bytes of an HTTP/2 client (RFC 9113, section 3.4). No HTTP/1.1 request begins like them.</summary>
internal static class Http2Preface
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Whether the first bytes of a connection are to decide between both protocols: it has neither TLS nor a setting.</summary>
    // The text of an endpoint is its address, and the only public sign of TLS.
    public static bool MustBeDetected(ListenOptions endpoint) =>
        endpoint.Protocols.HasFlag(HttpProtocols.Http1AndHttp2)
        && !endpoint.ToString()!.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads as much as it takes to tell, and leaves all of it to be read again.</summary>
    public static async ValueTask<bool> IsNext(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            var isAlike = IsPrefix(buffer);
            if (!isAlike || buffer.Length >= Preface.Length || read.IsCompleted)
            {
                input.AdvanceTo(buffer.Start);
                return isAlike && buffer.Length >= Preface.Length;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Compares the bytes received so far.</summary>
    private static bool IsPrefix(ReadOnlySequence<byte> buffer)
    {
        var length = (int)Math.Min(buffer.Length, Preface.Length);
        Span<byte> start = stackalloc byte[length];
        buffer.Slice(0, length).CopyTo(start);
        return Preface.StartsWith(start);
    }
}
