using System.Buffers.Binary;
using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Http2;

/// <summary>What a refusal looks like in frames, while the body is still on its way: a client library does not show them.</summary>
[TestFixture]
internal sealed class RefusedUploadFramesTests
{
    private const int Stream = 1;
    private const int NoError = 0;

    /// <summary>A whole response, and then a request to stop sending that is no error (RFC 9113, section 8.1).</summary>
    [Test]
    public async Task The_answer_is_whole_before_the_stream_is_reset_without_error()
    {
        await using var service = await TestBed.StartService("--environment=Development");
        await using var connection = await service.Connect();
        await connection.SendPreface();
        await connection.SendFrame(Frames.Headers, Frames.EndHeaders, Stream, Frames.FieldBlock(
            (":method", "PUT"),
            (":scheme", "http"),
            (":authority", service.Address.Authority),
            (":path", Project.New(service.Admin).Attachment("none", "p")),
            ("authorization", $"Bearer {service.AdminToken}"),
            ("content-type", "application/octet-stream"),
            ("content-length", "1000000")));
        await connection.SendFrame(Frames.Data, 0, Stream, new byte[1000]);

        var frames = new List<(byte Type, byte Flags, byte[] Payload)>();
        do
        {
            var (type, flags, stream, payload) = await connection.ReceiveFrame();
            if (stream == Stream)
            {
                frames.Add((type, flags, payload));
            }
        }
        while (frames.Count == 0 || frames[^1].Type != Frames.ResetStream);

        frames[0].Type.ShouldBe(Frames.Headers);
        frames[1..^1].ShouldAllBe(frame => frame.Type == Frames.Data);
        (frames[^2].Flags & Frames.EndStream).ShouldBe(Frames.EndStream);
        Encoding.UTF8.GetString([.. frames[1..^1].SelectMany(frame => frame.Payload)]).ShouldContain("session_not_found");
        BinaryPrimitives.ReadInt32BigEndian(frames[^1].Payload).ShouldBe(NoError);
    }
}
