using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads;

/// <summary>
/// The parts of a multipart request (RFC 2046) as mail programs and devices write them, in every request that takes such.
/// </summary>
[TestFixtureSource(typeof(MultipartUpload), nameof(MultipartUpload.All))]
internal sealed class MultipartPartTests(MultipartUpload kind)
{
    private const string Base64 = "Content-Transfer-Encoding: base64";
    private const string QuotedPrintable = "Content-Transfer-Encoding: quoted-printable";

    private static readonly byte[] File = Files.Make(Files.Small);

    private PendingUpload upload = null!;

    [SetUp]
    public async Task Begin() => upload = await kind.Begin(TestBed.Service);

    [TestCase(";\r\n filename=\"12:30.png\"")]
    [TestCase(";\r\n\tfilename=\"photo.png\"")]
    [TestCase(";\r\n filename*0*=UTF-8''Pr%C3%BCfbericht%20;\r\n filename*1*=M%C3%A4rz.pdf")]
    [TestCase("; filename*0=\"a long \"; filename*1=\"name.png\"")]
    [TestCase("; filename*1*=%A4.png; filename*0*=UTF-8''%C3")]
    public async Task Takes_a_file_name_that_is_folded_or_continued(string fileName) =>
        await ShouldBeStored(await upload.Send(Named(fileName, File)));

    [TestCase("; filename*1=photo.png")]
    [TestCase("; filename*0=a; filename*2=c")]
    [TestCase("; filename*=x-unknown''photo.png")]
    [TestCase("; filename*0*=UTF-8''%C3%28")]
    [TestCase("; filename")]
    [TestCase("; filename-utf8=photo.png")]
    [TestCase("\r\n filename=photo.png")]
    public async Task Refuses_a_file_name_that_cannot_be_read(string fileName) =>
        await ShouldBeRefused(await upload.Send(Good, Named(fileName, File)), "content_disposition_invalid");

    [TestCase("no colon")]
    [TestCase(": nameless")]
    [TestCase("a b: c")]
    [TestCase("X-Note: a\nContent-Type: text/plain")]
    [TestCase("X-Note: a\rb")]
    public async Task Refuses_a_header_that_cannot_be_read(string header) =>
        await ShouldBeRefused(await upload.Send(Good, Named("; filename=photo.png", File, header)), "multipart_invalid");

    [Test]
    public async Task Decodes_base64()
    {
        var large = Files.Make(Files.Large);
        var lines = Encoding.ASCII.GetBytes(Convert.ToBase64String(large, Base64FormattingOptions.InsertLineBreaks) + "\r\n");
        var answer = await upload.Send(Named("; filename=photo.png", lines, Base64, $"Content-Digest: {large.Sha256Member()}"));
        answer.Status.ShouldBeInRange(200, 201, answer.Text);
        (await upload.Stored(answer)).ShouldBe(large);
    }

    [Test]
    public async Task Decodes_quoted_printable()
    {
        var lines = Encoding.ASCII.GetBytes(string.Join("=\r\n", File.Select(value => $"={value:X2}")));
        var md5 = Convert.ToBase64String(Convert.FromHexString(File.Md5()));
        await ShouldBeStored(await upload.Send(Named("; filename=photo.png", lines, QuotedPrintable, $"Content-MD5: {md5}")));
    }

    [TestCase(Base64, "YWJ")]
    [TestCase(Base64, "YWJj!ZGVm")]
    [TestCase(Base64, "YQ==YQ==")]
    [TestCase(QuotedPrintable, "a=b")]
    [TestCase(QuotedPrintable, "a=4")]
    public async Task Refuses_a_broken_transfer_encoding(string encoding, string content) => await ShouldBeRefused(
        await upload.Send(Good, Named("; filename=photo.png", Encoding.ASCII.GetBytes(content), encoding)), "transfer_encoding_invalid");

    [Test]
    public async Task Compares_digests_with_what_was_decoded()
    {
        var sent = "YWJj"u8.ToArray();
        await ShouldBeRefused(
            await upload.Send(Good, Named("; filename=photo.png", sent, Base64, $"Content-Digest: {sent.Sha256Member()}")),
            "digest_mismatch");
    }

    [TestCase(20_000, 20_000)]
    [TestCase(1 << 20, 1 << 20)]
    public async Task Passes_over_preamble_and_epilogue(int preamble, int epilogue) =>
        await ShouldBeStored(await upload.Send(Surrounded(preamble, epilogue)));

    [TestCase((1 << 20) + 1, 0, "multipart_preamble_too_large")]
    [TestCase(0, (1 << 20) + 1, "multipart_epilogue_too_large")]
    public async Task Refuses_a_longer_preamble_or_epilogue(int preamble, int epilogue, string code) =>
        await ShouldBeRefused(await upload.Send(await Surrounded(preamble, epilogue).InChunks()), code);

    [Test]
    public async Task Refuses_more_than_it_can_need_before_its_body()
    {
        var most = (kind.MaxFiles * (long)TestBed.MaxUploadBytes) + TestBed.MaxDocumentBytes;
        (await Begin(most)).Status.ShouldBe(100);
        (await Begin(most + 1)).ShouldBeProblem(413, "upload_too_large");

        async Task<Answer> Begin(long length)
        {
            await using var connection = await TestBed.Service.Connect();
            await connection.Send(TestBed.Service.RequestHead(
                upload.Method,
                upload.Target,
                $"Content-Type: {Body.MultipartType}",
                $"Content-Length: {length}",
                "Expect: 100-continue"));
            return await connection.ReadAnswer();
        }
    }

    private Part Good => Named("; filename=good.png", Files.Make(Files.Large));

    private Part Named(string fileName, byte[] content, params string[] fields) =>
        new($"; name=\"{kind.Field}\"{fileName}", content, fields);

    private HttpContent Surrounded(int preamble, int epilogue)
    {
        byte[] before = preamble == 0 ? [] : [.. Files.Make(preamble), .. "\r\n"u8];
        return Body.Create(
            [.. before, .. Body.MultipartBytes([.. upload.Fields, Named("; filename=photo.png", File)]), .. Files.Make(epilogue)],
            Body.MultipartType);
    }

    private async Task ShouldBeStored(Answer answer)
    {
        answer.Status.ShouldBeInRange(200, 201, answer.Text);
        (await upload.Stored(answer)).ShouldBe(File);
    }

    private async Task ShouldBeRefused(Answer answer, string code)
    {
        answer.ShouldBeProblem(400, code);
        (await upload.Stored(answer)).ShouldBeNull();
    }
}
