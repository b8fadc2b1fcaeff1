using System.Buffers.Binary;
using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Http2;

/// <summary>HTTP/2 in frames (RFC 9113), for what a client library does not show or do.</summary>
internal static class Frames
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte ResetStream = 3;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    private const byte Settings = 4;

    /// <summary>The preface of a connection, with settings that change nothing.</summary>
    public static async Task SendPreface(this RawConnection connection)
    {
        await connection.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        await connection.SendFrame(Settings, 0, 0, []);
    }

    public static async Task SendFrame(this RawConnection connection, byte type, byte flags, int stream, byte[] payload)
    {
        var head = new byte[9];
        BinaryPrimitives.WriteInt32BigEndian(head, payload.Length << 8);
        (head[3], head[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(5), stream);
        await connection.Send([.. head, .. payload]);
    }

    public static async Task<(byte Type, byte Flags, int Stream, byte[] Payload)> ReceiveFrame(this RawConnection connection)
    {
        var head = await connection.Read(9);
        var length = BinaryPrimitives.ReadInt32BigEndian(head) >> 8;
        return (head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), await connection.Read(length));
    }

    /// <summary>Each field as a literal that is not to be indexed, with a new name (RFC 7541, section 6.2.2).</summary>
    public static byte[] FieldBlock(params IEnumerable<(string Name, string Value)> fields) =>
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
