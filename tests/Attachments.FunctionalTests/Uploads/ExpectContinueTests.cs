using System.Net.Sockets;
using Attachments.Api.Callers;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads;

/// <summary>
/// <c>Expect: 100-continue</c> (RFC 9110, section 10.1.1): an upload that is refused for what its headers say is refused without its
/// body being asked for, and any other is asked for its body once.
/// </summary>
[TestFixture]
internal sealed class ExpectContinueTests : SessionsFixture
{
    private const string OctetStream = "Content-Type: application/octet-stream";
    private static readonly byte[] Old = Files.Make(Files.Small);

    private static IEnumerable<TestCaseData> Refused()
    {
        static TestCaseData Case(int status, string what, params string[] fields) =>
            new TestCaseData(status, fields).SetArgDisplayNames($"{status}", what);
        yield return Case(412, "If-Match", OctetStream, "If-Match: \"other\"");
        yield return Case(412, "If-None-Match", OctetStream, "If-None-Match: *");
        yield return Case(412, "If-Unmodified-Since", OctetStream, "If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT");
        yield return Case(415, "Content-Encoding", OctetStream, "Content-Encoding: gzip");
        yield return Case(415, "Content-Encoding of a form", $"Content-Type: {Body.MultipartType}", "Content-Encoding: gzip");
        yield return Case(400, "Content-Type", "Content-Type: text/plain");
        yield return Case(400, "no Content-Type");
        yield return Case(400, "no boundary", "Content-Type: multipart/form-data");
        yield return Case(400, "Content-Range", OctetStream, "Content-Range: bytes 0-9/20");
        yield return Case(400, "Content-MD5", OctetStream, "Content-MD5: x");
        yield return Case(400, "Content-Digest", OctetStream, "Content-Digest: sha-256=x");
        yield return Case(400, "two digests that contradict each other", OctetStream, $"Content-Digest: {Old.Sha256Member()}",
            $"Repr-Digest: {Files.Make(1).Sha256Member()}");
        yield return Case(400, "an unreadable condition", OctetStream, "If-Match: unquoted");
    }

    [TestCaseSource(nameof(Refused))]
    public async Task Refuses_for_the_headers_alone(int status, string[] fields)
    {
        await Project.HaveFile(Uuid, "p", Old);
        await ShouldBeRefused(status, Service.AdminToken, Project.Attachment(Uuid, "p"), [.. fields, "Content-Length: 1000"]);
        (await Project.FileIn(Uuid, "p")).ShouldBe(Old);
    }

    private static IEnumerable<TestCaseData> RefusedInEveryFamily() =>
        from family in ContentFamily.All
        from write in family.Writes
        where write.IsUpload
        from refusal in new[] { (412, "If-None-Match: *"), (415, "Content-Encoding: gzip"), (400, "Content-Digest: sha-256=x") }
        select new TestCaseData(family, write, refusal.Item1, refusal.Item2).SetArgDisplayNames($"{family}", $"{write}", refusal.Item2);

    [TestCaseSource(nameof(RefusedInEveryFamily))]
    public async Task Refuses_in_every_family(ContentFamily family, ContentWrite write, int status, string field)
    {
        var file = await family.Store(Service, Old);
        using var body = write.Body!(file, Files.Make(Files.Small, 2));
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(
            write.Method,
            write.Address(file),
            $"Content-Type: {body.Headers.ContentType}",
            $"Content-Length: {body.Headers.ContentLength}",
            "Expect: 100-continue",
            field));
        var answer = await connection.ReadAnswer();
        answer.Status.ShouldBe(status, answer.Text);
        (await Service.Admin.GetByteArrayAsync(file.Target)).ShouldBe(Old);
    }

    [Test]
    public async Task Refuses_more_than_the_limit()
    {
        await Project.Have(Uuid);
        await ShouldBeRefused(
            413, Service.AdminToken, Project.Attachment(Uuid, "p"), [OctetStream, $"Content-Length: {TestBed.MaxUploadBytes + 1}"]);
    }

    [Test]
    public async Task Refuses_who_may_not_and_what_is_not_there()
    {
        var member = Service.Sign(new TokenRequest("member") { Projects = [RunningService.MembersProject] });
        var own = new Project(Service.Member, RunningService.MembersProject);
        string[] fields = [OctetStream, "Content-Length: 1000"];
        await ShouldBeRefused(401, "none", own.Attachment(Uuid, "p"), fields);
        await ShouldBeRefused(403, member, Project.Attachment(Uuid, "p"), fields);
        await ShouldBeRefused(404, member, own.Attachment("none", "p"), fields);
        await ShouldBeRefused(400, member, $"{own.Attachments(Uuid)}/%ff", fields);
        await ShouldBeRefused(405, member, own.Attachments(Uuid), fields);
    }

    /// <summary>
    /// A client that sent its body after all, or has not read yet that it need not, must not find it taken for a request.
    /// </summary>
    [Test]
    public async Task Reads_no_request_out_of_the_body_of_a_refused_one()
    {
        await Project.Have(Uuid);
        await using var connection = await Service.Connect();
        var smuggled = Service.RequestHead("DELETE", Project.Session(Uuid));
        await connection.Send(Service.RequestHead(
            "PUT", Project.Attachment("none", "p"), OctetStream, $"Content-Length: {smuggled.Length}", "Expect: 100-continue"));
        (await connection.ReadAnswer()).Status.ShouldBe(404);
        await connection.Send(smuggled);
        try
        {
            await connection.Send(Service.RequestHead("GET", Project.Session(Uuid)));
            (await connection.ReadAnswer()).Status.ShouldBe(200);
        }
        catch (Exception exception) when (exception is IOException or SocketException or EndOfStreamException)
        {
            // Ended by the service, as it may.
        }

        (await Project.Get(Uuid)).ShouldSucceed();
    }

    private static async Task ShouldBeRefused(int status, string token, string target, string[] fields)
    {
        await using var connection = await Service.Connect();
        await connection.Send(
            $"PUT {target} HTTP/1.1\r\nHost: {Service.Address.Authority}\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\n"
            + string.Concat(fields.Select(field => $"{field}\r\n")) + "\r\n");
        var answer = await connection.ReadAnswer();
        answer.Status.ShouldBe(status, answer.Text);
        answer.Field("Content-Type").ShouldBe("application/problem+json; charset=utf-8");
    }
}
