using System.Net;
using System.Net.Http.Headers;

namespace Attachments.CrashTests.Load;

/// <summary>
/// A file to upload: a piece of the random bytes that all files of a run are cut from, so that making it costs nothing.
/// </summary>
internal readonly record struct LoadFile(ReadOnlyMemory<byte> Bytes)
{
    private const int SourceBytes = 48 << 20;
    private const int StepBytes = 64 << 10;

    private static readonly Lazy<byte[]> Source = new(() =>
    {
        var bytes = new byte[SourceBytes];
        new Random(SourceBytes).NextBytes(bytes);
        return bytes;
    });

    public int Length => Bytes.Length;

    public static LoadFile Create(Random random, int least, int most)
    {
        var length = random.Next(least, most + 1);
        return new LoadFile(Source.Value.AsMemory(random.Next(SourceBytes - length), length));
    }

    public LoadFile Slice(int start, int length) => new(Bytes.Slice(start, length));

    /// <param name="chunked">Without a length (RFC 9112, section 7.1).</param>
    public HttpContent Content(bool chunked) => new Body(Bytes, chunked)
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
    };

    /// <summary>Reads to the end, and compares as it comes.</summary>
    public async Task<bool> Matches(Stream other)
    {
        var buffer = new byte[StepBytes];
        var compared = 0;
        for (int read; (read = await other.ReadAsync(buffer)) > 0; compared += read)
        {
            if (compared + read > Length || !buffer.AsSpan(0, read).SequenceEqual(Bytes.Span.Slice(compared, read)))
            {
                return false;
            }
        }

        return compared == Length;
    }

    private sealed class Body(ReadOnlyMemory<byte> bytes, bool chunked) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var sent = 0; sent < bytes.Length; sent += StepBytes)
            {
                await stream.WriteAsync(bytes.Slice(sent, Math.Min(StepBytes, bytes.Length - sent)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return !chunked;
        }
    }
}
