using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads;

/// <summary>Bodies that are sent in transfer codings (RFC 9112, sections 6.1 and 7).</summary>
[TestFixture]
internal sealed class TransferCodingTests : SessionsFixture
{
    private const string Chunks = "5\r\nbytes\r\n0\r\n\r\n";

    private static readonly byte[] Old = Files.Make(Files.Small);
    private static readonly string[] Unknown = ["gzip, chunked", "chunked, chunked"];

    private static IEnumerable<TestCaseData> Writes() =>
        from family in ContentFamily.All
        from write in family.Writes
        where write.Body is not null
        from coding in Unknown
        select new TestCaseData(family, write, coding).SetArgDisplayNames($"{family}", $"{write}", coding);

    [TestCaseSource(nameof(Writes))]
    public async Task Another_coding_is_refused_and_not_taken_for_the_content(ContentFamily family, ContentWrite write, string coding)
    {
        var file = await family.Store(Service, Old);
        using var content = write.Body!(file, Old);
        var answer = await Send(write.Method, write.Address(file), $"{content.Headers.ContentType}", coding, Chunks);
        answer.Status.ShouldBe(501, answer.Text);
        answer.Text.ShouldContain("\"transfer_coding_unsupported\"");
        (await Service.Admin.GetByteArrayAsync(file.Target)).ShouldBe(Old);
    }

    [TestCase("FFFFFFFFFFFFFFFFF\r\nbytes\r\n0\r\n\r\n")]
    [TestCase("80000000\r\nbytes\r\n0\r\n\r\n")]
    [TestCase("5\r\nbytes\r\n100000000\r\n")]
    [TestCase("x\r\n")]
    [TestCase("5\r\nbytes and more\r\n0\r\n\r\n")]
    public async Task Chunks_that_cannot_be_read_are_refused(string chunks)
    {
        await Project.HaveFile(Uuid, "p", Old);
        var answer = await Send("PUT", Project.Attachment(Uuid, "p"), "application/octet-stream", "chunked", chunks);
        answer.ShouldBeProblem(400, "bad_request");
        (await Project.FileIn(Uuid, "p")).ShouldBe(Old);
    }

    [Test]
    public async Task The_name_of_the_coding_may_be_in_any_case()
    {
        await Project.HaveFile(Uuid, "p", Old);
        (await Send("PUT", Project.Attachment(Uuid, "p"), "application/octet-stream", "Chunked", Chunks)).ShouldSucceed();
        (await Project.FileIn(Uuid, "p")).ShouldBe("bytes"u8.ToArray());
    }

    private static async Task<Answer> Send(string method, string target, string mediaType, string coding, string chunks)
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(
            method, target, $"Content-Type: {mediaType}", $"Transfer-Encoding: {coding}", "Connection: close") + chunks);
        return await connection.ReadAnswer();
    }
}
