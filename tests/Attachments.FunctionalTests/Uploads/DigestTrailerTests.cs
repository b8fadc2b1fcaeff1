using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Attachments.FunctionalTests.Http2;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads;

/// <summary>
/// A digest of a request's body in its trailer section (RFC 9110, section 6.5; RFC 9530, section 2), which a client writes that computes
/// it on the way: compared before anything is stored, as one in the header section is.
/// </summary>
[TestFixture]
internal sealed class DigestTrailerTests : SessionsFixture
{
    private static readonly byte[] Old = Files.Make(Files.Small);
    private static readonly byte[] New = Files.Make(Files.Small, 2);

    private static IEnumerable<TestCaseData> Writes() =>
        from family in ContentFamily.All
        from write in family.Writes
        where write.Body is not null
        select new TestCaseData(family, write).SetArgDisplayNames($"{family}", $"{write}");

    [TestCaseSource(nameof(Writes))]
    public async Task Is_compared_in_every_family(ContentFamily family, ContentWrite write)
    {
        var file = await family.Store(Service, Old);
        using var content = write.Body!(file, New);
        var body = await content.ReadAsByteArrayAsync();
        var wrong = $"sha-256=:{Convert.ToBase64String(new byte[32])}:";

        Task<Answer> Send(string announced, params string[] trailers) =>
            SendChunked(
                Service, write.Method, write.Address(file), $"{content.Headers.ContentType}", body, [$"Trailer: {announced}"], trailers);

        ShouldBeRefused(await Send("Content-Digest", $"Content-Digest: {wrong}"), "digest_mismatch");
        ShouldBeRefused(
            await Send("Content-Digest, Repr-Digest", $"Content-Digest: {body.Sha256Member()}", $"Repr-Digest: {wrong}"),
            "digest_mismatch");
        ShouldBeRefused(await Send("Content-Digest"), "digest_missing");
        ShouldBeRefused(await Send("Content-Digest", $"Repr-Digest: {body.Sha256Member()}"), "digest_missing");
        ShouldBeRefused(await Send("Content-Digest", "Content-Digest: sha-256=x"), "digest_invalid");
        (await Service.Admin.GetByteArrayAsync(file.Target)).ShouldBe(Old);

        var answer = await Send("content-digest", $"Content-Digest: {body.Sha256Member()}");
        answer.Status.ShouldBeInRange(200, 204, answer.Text);
    }

    private static IEnumerable<TestCaseData> Fields()
    {
        foreach (var length in new[] { 0, Files.Small, Files.Large })
        {
            var file = Files.Make(length, 3);
            var other = Files.Make(length + 1, 4);
            yield return Case("Content-MD5", length, bytes => Convert.ToBase64String(MD5.HashData(bytes)));
            yield return Case("Content-Digest", length, bytes => $"md5=:{Convert.ToBase64String(MD5.HashData(bytes))}:");
            yield return Case("Content-Digest", length, bytes => $"sha-512=:{Convert.ToBase64String(SHA512.HashData(bytes))}:");
            yield return Case(
                "Repr-Digest", length, bytes => $"unknown=:AA==:, sha-256=:{Convert.ToBase64String(SHA256.HashData(bytes))}:");

            TestCaseData Case(string field, int of, Func<byte[], string> digest) =>
                new TestCaseData(field, file, digest(file), digest(other))
                .SetArgDisplayNames(field, digest(file).Split(':')[0], of.ToString(CultureInfo.InvariantCulture));
        }
    }

    [TestCaseSource(nameof(Fields))]
    public async Task May_be_any_that_the_header_section_may_have(string field, byte[] file, string right, string wrong)
    {
        await Project.HaveFile(Uuid, "p", Old);
        (await Put(file, [$"Trailer: {field}"], $"{field}: {wrong}")).ShouldBeProblem(400, "digest_mismatch");
        (await Project.FileIn(Uuid, "p")).ShouldBe(Old);
        (await Put(file, [$"Trailer: x, {field}"], $"{field}: {right}")).ShouldSucceed();
        (await Project.FileIn(Uuid, "p")).ShouldBe(file);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Is_kept_where_it_is_a_SHA_512()
    {
        var digest = $"sha-512=:{Convert.ToBase64String(SHA512.HashData(New))}:";
        await Project.Have(Uuid);
        (await Put(New, ["Trailer: Repr-Digest"], $"Repr-Digest: {digest}")).ShouldSucceed();
        (await Project.Download(Uuid, "p", ("Want-Repr-Digest", "sha-512=1"))).Field("Repr-Digest").ShouldBe(digest);
    }

    [Test]
    public async Task Is_compared_though_the_header_section_has_a_right_one()
    {
        await Project.HaveFile(Uuid, "p", Old);
        (await Put(New, ["Trailer: Repr-Digest", $"Content-Digest: {New.Sha256Member()}"], $"Repr-Digest: {Old.Sha256Member()}"))
            .ShouldBeProblem(400, "digest_mismatch");
        (await Put(New, ["Trailer: Repr-Digest", $"Content-Digest: {Old.Sha256Member()}"], $"Repr-Digest: {New.Sha256Member()}"))
            .ShouldBeProblem(400, "digest_mismatch");
        (await Project.FileIn(Uuid, "p")).ShouldBe(Old);
    }

    [Test]
    public async Task Is_compared_though_it_was_not_announced()
    {
        await Project.HaveFile(Uuid, "p", Old);
        (await Put(New, [], $"Content-Digest: {Old.Sha256Member()}")).ShouldBeProblem(400, "digest_mismatch");

        // What it would have to be compared with was not computed.
        (await Put(New, [], $"Content-Digest: sha-512=:{Convert.ToBase64String(SHA512.HashData(New))}:"))
            .ShouldBeProblem(400, "digest_unannounced");
        (await Project.FileIn(Uuid, "p")).ShouldBe(Old);
        (await Put(New, [], $"Content-Digest: {New.Sha256Member()}", "X-Other: y")).ShouldSucceed();
    }

    [Test]
    public async Task Is_missing_where_a_body_of_a_known_length_announces_it()
    {
        await Project.HaveFile(Uuid, "p", Old);
        (await Project.Attach(Uuid, "p", Body.Raw(New), ("Trailer", "Content-Digest"))).ShouldBeProblem(400, "digest_missing");
        (await Project.FileIn(Uuid, "p")).ShouldBe(Old);
    }

    [TestCase("caf\u00e9")]
    [TestCase("a\0b")]
    public async Task A_trailer_that_cannot_be_read_refuses_the_request(string value)
    {
        await Project.HaveFile(Uuid, "p", Old);
        (await Put(New, ["Trailer: X-Note"], $"X-Note: {value}")).Status.ShouldBe(400);
        (await Project.FileIn(Uuid, "p")).ShouldBe(Old);
    }

    [Test]
    public async Task Other_trailers_are_nobodys_affair()
    {
        await Project.Have(Uuid);
        (await Put(New, ["Trailer: X-Checked, Server-Timing"], "X-Checked: y")).ShouldSucceed();
        (await Project.FileIn(Uuid, "p")).ShouldBe(New);
    }

    [Test]
    public async Task Is_compared_over_HTTP_2()
    {
        await using var service = await TestBed.StartService("--environment=Development");
        var project = Project.New(service.Admin);
        await project.HaveFile(Uuid, "p", Old);
        await using var connection = await service.Connect();
        await connection.SendPreface();

        async Task<string> Put(int stream, params (string Name, string Value)[] trailers)
        {
            await connection.SendFrame(Frames.Headers, Frames.EndHeaders, stream, Frames.FieldBlock(
                (":method", "PUT"),
                (":scheme", "http"),
                (":authority", service.Address.Authority),
                (":path", project.Attachment(Uuid, "p")),
                ("authorization", $"Bearer {service.AdminToken}"),
                ("content-type", "application/octet-stream"),
                ("trailer", "content-digest")));
            await connection.SendFrame(Frames.Data, trailers.Length == 0 ? Frames.EndStream : (byte)0, stream, New);
            if (trailers.Length > 0)
            {
                await connection.SendFrame(Frames.Headers, Frames.EndHeaders | Frames.EndStream, stream, Frames.FieldBlock(trailers));
            }

            return await ReadBody(connection, stream);
        }

        (await Put(1, ("content-digest", Old.Sha256Member()))).ShouldContain("digest_mismatch");
        (await Put(3)).ShouldContain("digest_missing");
        (await Put(5, ("x-other", "y"))).ShouldContain("digest_missing");
        (await project.FileIn(Uuid, "p")).ShouldBe(Old);
        (await Put(7, ("content-digest", New.Sha256Member()))).ShouldContain("success");
        (await project.FileIn(Uuid, "p")).ShouldBe(New);
    }

    private static async Task<string> ReadBody(RawConnection connection, int stream)
    {
        var body = new List<byte>();
        while (true)
        {
            var (type, flags, of, payload) = await connection.ReceiveFrame();
            if (of == stream && type == Frames.Data)
            {
                body.AddRange(payload);
                if ((flags & Frames.EndStream) != 0)
                {
                    return Encoding.UTF8.GetString([.. body]);
                }
            }
        }
    }

    private static void ShouldBeRefused(Answer answer, string code)
    {
        answer.Status.ShouldBe(400, answer.Text);
        answer.Text.ShouldContain($"\"{code}\"");
    }

    private Task<Answer> Put(byte[] file, string[] fields, params string[] trailers) =>
        SendChunked(Service, "PUT", Project.Attachment(Uuid, "p"), "application/octet-stream", file, fields, trailers);

    private static async Task<Answer> SendChunked(
        RunningService service, string method, string target, string mediaType, byte[] body, string[] fields, string[] trailers)
    {
        await using var connection = await service.Connect();
        await connection.Send(service.RequestHead(
            method, target, [$"Content-Type: {mediaType}", "Transfer-Encoding: chunked", "Connection: close", .. fields]));
        if (body.Length > 0)
        {
            await connection.Send($"{body.Length:X}\r\n");
            await connection.Send([.. body, .. "\r\n"u8]);
        }

        await connection.Send(Encoding.Latin1.GetBytes("0\r\n" + string.Concat(trailers.Select(trailer => $"{trailer}\r\n")) + "\r\n"));
        return await connection.ReadAnswer();
    }
}
