using System.Buffers.Binary;
using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Http2;

/// <summary>What a refusal looks like in frames, while the body is still on its way: a client library does not show them.</summary>
[TestFixture]
internal sealed class RefusedUploadFramesTests
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte ResetStream = 3;
    private const byte Settings = 4;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private const int Stream = 1;
    private const int NoError = 0;

    /// <summary>A whole response, and then a request to stop sending that is no error (RFC 9113, section 8.1).</summary>
    [Test]
    public async Task The_answer_is_whole_before_the_stream_is_reset_without_error()
    {
        await using var service = await TestBed.StartService("--environment=Development");
        await using var connection = await service.Connect();
        await connection.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        await connection.Send(Frame(Settings, 0, 0, []));
        await connection.Send(Frame(Headers, EndHeaders, Stream, FieldBlock(
            (":method", "PUT"),
            (":scheme", "http"),
            (":authority", service.Address.Authority),
            (":path", Project.New(service.Admin).Attachment("none", "p")),
            ("authorization", $"Bearer {service.AdminToken}"),
            ("content-type", "application/octet-stream"),
            ("content-length", "1000000"))));
        await connection.Send(Frame(Data, 0, Stream, new byte[1000]));

        var frames = new List<(byte Type, byte Flags, byte[] Payload)>();
        do
        {
            var (type, flags, stream, payload) = await Receive(connection);
            if (stream == Stream)
            {
                frames.Add((type, flags, payload));
            }
        }
        while (frames.Count == 0 || frames[^1].Type != ResetStream);

        frames[0].Type.ShouldBe(Headers);
        frames[1..^1].ShouldAllBe(frame => frame.Type == Data);
        (frames[^2].Flags & EndStream).ShouldBe(EndStream);
        Encoding.UTF8.GetString([.. frames[1..^1].SelectMany(frame => frame.Payload)]).ShouldContain("session_not_found");
        BinaryPrimitives.ReadInt32BigEndian(frames[^1].Payload).ShouldBe(NoError);
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var head = new byte[9];
        BinaryPrimitives.WriteInt32BigEndian(head, payload.Length << 8);
        (head[3], head[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(5), stream);
        return [.. head, .. payload];
    }

    private static async Task<(byte Type, byte Flags, int Stream, byte[] Payload)> Receive(RawConnection connection)
    {
        var head = await connection.Read(9);
        var length = BinaryPrimitives.ReadInt32BigEndian(head) >> 8;
        return (head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), await connection.Read(length));
    }

    /// <summary>Each field as a literal that is not to be indexed, with a new name (RFC 7541, section 6.2.2).</summary>
    private static byte[] FieldBlock(params (string Name, string Value)[] fields) =>
        [.. fields.SelectMany(field => (byte[])[0, .. Literal(field.Name), .. Literal(field.Value)])];

    /// <summary>Not Huffman-coded; the length is an integer with a prefix of 7 bits (RFC 7541, sections 5.1 and 5.2).</summary>
    private static byte[] Literal(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        var length = new List<byte> { (byte)Math.Min(bytes.Length, 127) };
        if (bytes.Length >= 127)
        {
            var rest = bytes.Length - 127;
            for (; rest >= 128; rest >>= 7)
            {
                length.Add((byte)(rest | 128));
            }

            length.Add((byte)rest);
        }

        return [.. length, .. bytes];
    }
}
