using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

/// <summary>What an upload leaves behind whose client goes away before its end: nothing.</summary>
[TestFixture]
internal sealed class DroppedConnectionTests : SessionsFixture
{
    private static readonly byte[] Old = Files.Make(Files.Small, 1);
    private static readonly byte[] New = Files.Make(Files.Large, 2);

    [Test]
    public async Task Changes_nothing(
        [Values("PUT raw", "PUT multipart", "PUT chunked", "POST multipart", "PUT session")] string what,
        [Values(100, 600_000)] int sent,
        [Values("dropped", "ended")] string how)
    {
        await Project.HaveFile(Uuid, "p", Old);
        var old = (await Project.Get(Uuid)).ShouldSucceed();

        await using (var connection = await Service.Connect())
        {
            await connection.Send(CreateHead(what));
            await connection.Send(CreateBody(what).AsSpan(0, sent).ToArray());
            if (sent > Files.Small)
            {
                await Service.WaitForPendingBlob();
            }

            if (how == "dropped")
            {
                connection.Drop();
            }
            else
            {
                connection.EndSending();
            }

            await Service.ShouldKeepOnlyWhatIsReferredTo();
        }

        (await Project.Get(Uuid)).ShouldSucceedWith(old.GetRawText());
        (await Project.FileIn(Uuid, "p")).ShouldBe(Old);
    }

    private static byte[] CreateBody(string what) => what switch
    {
        "PUT raw" => New,
        "PUT chunked" => [.. Encoding.ASCII.GetBytes($"{New.Length:x}\r\n"), .. New],
        "PUT multipart" => Body.MultipartBytes(Part.File("attachment", New)),
        _ => Body.MultipartBytes(
            Part.Field("session[uuid]", Uuid), Part.Field("session[unit_id]", "new"), Part.File("session[data][p]", New)),
    };

    private string CreateHead(string what)
    {
        var type = what is "PUT raw" or "PUT chunked" ? "application/octet-stream" : Body.MultipartType;
        var framing = what == "PUT chunked" ? "Transfer-Encoding: chunked" : $"Content-Length: {CreateBody(what).Length}";
        return what switch
        {
            "POST multipart" => Service.RequestHead("POST", Project.Sessions, $"Content-Type: {type}", framing),
            "PUT session" => Service.RequestHead("PUT", Project.Session(Uuid), $"Content-Type: {type}", framing),
            _ => Service.RequestHead("PUT", Project.Attachment(Uuid, "p"), $"Content-Type: {type}", framing),
        };
    }
}
