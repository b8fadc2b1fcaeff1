using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Attachments.CrashTests;

/// <summary>Random bytes to upload. Their version is their SHA-256.</summary>
internal sealed class Payload
{
    private const int BufferBytes = 1 << 20;

    private readonly byte[] bytes;

    private Payload(byte[] bytes) => this.bytes = bytes;

    public string Version => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>So many random bytes.</summary>
    public static Payload Create(int length)
    {
        var bytes = new byte[length];
        System.Random.Shared.NextBytes(bytes);
        return new Payload(bytes);
    }

    /// <summary>Of all the sizes that are stored by different ways: none, one buffer, just more, many chunks.</summary>
    public static Payload Random(Random random)
    {
        var length = random.Next(20) switch
        {
            0 => 0,
            < 8 => random.Next(1, 2_000),
            < 14 => random.Next(2_000, 200_000),
            < 16 => BufferBytes + random.Next(-1, 2),
            _ => random.Next(BufferBytes, 5 * BufferBytes),
        };
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return new Payload(bytes);
    }

    /// <summary>A body that takes its time, so that crashes fall into the middle of it.</summary>
    public HttpContent Content(string mediaType = "application/octet-stream") => new StreamContent(new PacedStream(bytes))
    {
        Headers = { ContentType = new MediaTypeHeaderValue(mediaType), ContentLength = bytes.Length },
    };

    private sealed class PacedStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        private const int StepBytes = 64 * 1024;
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position > 0)
            {
                await Task.Delay(Pause, cancellationToken);
            }

            return Read(buffer.Span[..Math.Min(StepBytes, buffer.Length)]);
        }

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            var buffer = new byte[StepBytes];
            for (int read; (read = await ReadAsync(buffer, cancellationToken)) > 0;)
            {
                await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
    }
}
