using System.Text;
using System.Text.Json;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Forms;

/// <summary>
/// The letters of a form are those that were sent: UTF-8, or whatever charset the form, its field <c>_charset_</c> or the part declares
/// (RFC 7578, sections 4.5 and 4.6).
/// </summary>
[TestFixture]
internal sealed class FormCharsetTests : SessionsFixture
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";
    private const string Unit = "session[unit_id]=u";

    [TestCase("session[data][note]=caf%E9")]
    [TestCase("session[data][caf%E9]=x")]
    [TestCase("caf%E9=x")]
    [TestCase("caf%E9")]
    [TestCase("session[data][note]=%C0%AF")]
    [TestCase("session[data][note]=%ED%A0%80")]
    [TestCase("session[data][note]=%C3&session[data][b]=%A9")]
    public async Task Refuses_an_urlencoded_text_that_is_no_UTF8(string field)
    {
        (await Project.Create(Body.RawForm($"{Unit}&{field}"))).ShouldBeProblem(400, "field_not_utf8");
        await Project.Have(Uuid);
        (await Project.Merge(Uuid, Body.RawForm(field))).ShouldBeProblem(400, "field_not_utf8");
        (await Project.Get(Uuid)).ShouldSucceed().GetProperty("data").ShouldBeJson("{}");
    }

    [Test]
    public async Task Refuses_bytes_that_are_no_UTF8_as_they_stand() =>
        (await Project.Create(Body.Create([.. Encoding.ASCII.GetBytes($"{Unit}&session[data][note]=caf"), 0xe9], UrlEncoded)))
            .ShouldBeProblem(400, "field_not_utf8");

    [TestCase("ISO-8859-1", "caf%E9", "café")]
    [TestCase("\"iso-8859-1\"", "caf%E9", "café")]
    [TestCase("iso-8859-1", "%C3%A9", "Ã©")]
    [TestCase("windows-1252", "%80+%93", "€ “")]
    [TestCase("iso-8859-15", "%A4", "€")]
    [TestCase("koi8-r", "%C4%C1", "да")]
    [TestCase("Shift_JIS", "%93%FA%96%7B", "日本")]
    [TestCase("gb18030", "%D6%D0", "中")]
    [TestCase("utf-8", "caf%C3%A9", "café")]
    [TestCase("utf8", "caf%C3%A9", "café")]
    [TestCase("us-ascii", "cafe", "cafe")]
    public async Task Decodes_an_urlencoded_form_by_its_charset(string charset, string sent, string meant)
    {
        var form = Body.Create(Encoding.ASCII.GetBytes($"{Unit}&session[data][n{sent}]={sent}"), $"{UrlEncoded}; charset={charset}");
        (await Project.Create(form)).ShouldSucceed().GetProperty("data").ShouldBeJson($$"""{"n{{meant}}":"{{meant}}"}""");

        var files = OwnedFiles.For(Service);
        var changes = Body.Create(Encoding.ASCII.GetBytes($"description={sent}"), $"{UrlEncoded}; charset={charset}");
        (await files.Put(await files.Have([1]), changes)).ShouldBeEntry().GetProperty("description").GetString().ShouldBe(meant);
    }

    [TestCase("iso-8859-1", "caf%E9", "café")]
    [TestCase("UTF-8", "caf%C3%A9", "café")]
    public async Task Decodes_an_urlencoded_form_by_its_field_of_that_name(string charset, string sent, string meant)
    {
        var form = Body.RawForm($"_charset_={charset}&{Unit}&session[data][note]={sent}");
        (await Project.Create(form)).ShouldSucceed().GetProperty("data").ShouldBeJson($$"""{"note":"{{meant}}"}""");
    }

    [Test]
    public async Task Refuses_a_charset_that_comes_after_what_it_is_about()
    {
        (await Project.Create(Body.RawForm($"{Unit}&session[data][note]=%C3%A9&_charset_=iso-8859-1")))
            .ShouldBeProblem(400, "charset_late");
        (await Project.Create(Body.RawForm($"{Unit}&session[data][note]=e&_charset_=iso-8859-1"))).ShouldSucceed();
    }

    [TestCase("; charset*=us-ascii''iso-8859-1")]
    [TestCase("; Charset*0=iso-8859; charset*1=-1")]
    [TestCase("; charset")]
    [TestCase("; charset=utf-8; charset=iso-8859-1")]
    public async Task Does_not_guess_at_a_charset_that_is_declared_in_another_way(string parameters)
    {
        var form = new ByteArrayContent(Encoding.ASCII.GetBytes($"{Unit}&session[data][note]=caf%C3%A9"));
        form.With("Content-Type", UrlEncoded + parameters);
        (await Project.Create(form)).ShouldBeProblem(415, "charset_unsupported");
        var part = new Part("; name=\"session[data][note]\"", "caf\u00e9"u8.ToArray(), $"Content-Type: text/plain{parameters}");
        (await Project.Create(Body.Multipart(Part.Field("session[unit_id]", "u"), part))).ShouldBeProblem(415, "charset_unsupported");
        var twice = Body.Create("session[unit_id]=u"u8.ToArray(), $"{UrlEncoded}; charset=UTF-8; charset=\"utf-8\"");
        (await Project.Create(twice)).ShouldSucceed();
    }

    [TestCase("x-unknown")]
    [TestCase("utf-7")]
    [TestCase("utf-16")] // In which the ASCII of the form itself cannot be read.
    [TestCase("ibm037")]
    [TestCase("\"utf-8")]
    public async Task Does_not_take_an_urlencoded_form_in_a_charset_that_it_cannot_read(string charset)
    {
        var form = new ByteArrayContent(Encoding.ASCII.GetBytes(Unit));
        form.With("Content-Type", $"{UrlEncoded}; charset={charset}");
        (await Project.Create(form)).ShouldBeProblem(415, "charset_unsupported");
        (await Project.Create(Body.RawForm($"_charset_=x-unknown&{Unit}"))).ShouldBeProblem(415, "charset_unsupported");
    }

    [TestCase("us-ascii", "caf%E9")]
    [TestCase("shift_jis", "%81")]
    [TestCase("windows-1253", "%D2")]
    [TestCase("utf-8", "%E9")]
    public async Task Refuses_bytes_that_the_charset_has_not(string charset, string sent)
    {
        var form = Body.Create(Encoding.ASCII.GetBytes($"{Unit}&session[data][note]={sent}"), $"{UrlEncoded}; charset={charset}");
        (await Project.Create(form)).ShouldBeProblem(400, charset == "utf-8" ? "field_not_utf8" : "field_not_in_charset");
    }

    private static IEnumerable<TestCaseData> Parts()
    {
        static TestCaseData Case(string type, byte[] sent, string meant) =>
            new TestCaseData(type, sent, meant).SetArgDisplayNames(type, meant);
        yield return Case("text/plain; charset=ISO-8859-1", [0x63, 0xe9], "cé");
        yield return Case("text/plain;charset=\"windows-1252\"", [0x80], "€");
        yield return Case("text/plain; format=flowed; charset=Shift_JIS", [0x93, 0xfa], "日");
        yield return Case("text/plain; charset=utf-16le", [0xe9, 0x00], "é");
        yield return Case("text/plain; charset=utf-16be", [0x00, 0xe9], "é");
        yield return Case("text/plain; charset=utf-16", [0xfe, 0xff, 0x00, 0xe9], "é");
        yield return Case("text/plain; charset=utf-16", [0xff, 0xfe, 0xe9, 0x00], "é");
        yield return Case("text/plain; charset=utf-8", [0xc3, 0xa9], "é");
        yield return Case("text/plain; charset=iso-8859-1", [0xc3, 0xa9], "Ã©");
        yield return Case("text/plain", [0xc3, 0xa9], "é");
    }

    [TestCaseSource(nameof(Parts))]
    public async Task Decodes_a_text_part_by_its_charset(string type, byte[] sent, string meant)
    {
        var answer = await Project.Create(Body.Multipart(
            Part.Field("session[unit_id]", "u"),
            new Part("; name=\"session[data][note]\"", sent, $"Content-Type: {type}")));
        answer.ShouldSucceed().GetProperty("data").GetProperty("note").GetString().ShouldBe(meant);

        var files = OwnedFiles.For(Service);
        var changes = Body.Multipart(new Part("; name=\"description\"", sent, $"Content-Type: {type}"));
        (await files.Put(await files.Have([1]), changes)).ShouldBeEntry().GetProperty("description").GetString().ShouldBe(meant);
    }

    [Test]
    public async Task A_multipart_form_declares_a_charset_for_those_of_its_texts_that_declare_none()
    {
        var parts = Body.MultipartBytes(
            Part.Field("session[unit_id]", "u"),
            new Part("; name=\"session[data][a]\"", [0xe9]),
            new Part("; name=\"session[data][b]\"", [0xc3, 0xa9], "Content-Type: text/plain; charset=utf-8"));
        var answer = await Project.Create(Body.Create(parts, $"{Body.MultipartType}; charset=iso-8859-1"));
        answer.ShouldSucceed().GetProperty("data").ShouldBeJson("""{"a":"é","b":"é"}""");

        answer = await Project.Create(Body.Multipart(
            Part.Field("_charset_", "iso-8859-1"),
            Part.Field("session[unit_id]", "u"),
            new Part("; name=\"session[data][a]\"", [0xe9])));
        answer.ShouldSucceed().GetProperty("data").ShouldBeJson("""{"a":"é"}""");
    }

    [TestCase("x-unknown", 415, "charset_unsupported")]
    [TestCase("utf-7", 415, "charset_unsupported")]
    [TestCase("", 415, "charset_unsupported")]
    [TestCase("us-ascii", 400, "field_not_in_charset")]
    [TestCase("utf-16", 400, "field_not_in_charset")]
    [TestCase("utf-8", 400, "field_not_utf8")]
    public async Task Keeps_nothing_of_a_form_with_a_text_that_it_cannot_read(string charset, int status, string code)
    {
        await Project.Have(Uuid, """ "p":"before" """);
        Part[] parts =
        [
            Part.File("session[data][p]", [1, 2, 3]),
            new Part("; name=\"session[data][note]\"", [0xe9], $"Content-Type: text/plain; charset={charset}"),
        ];
        (await Project.Merge(Uuid, Body.Multipart(parts))).ShouldBeProblem(status, code);
        (await Project.Get(Uuid)).ShouldSucceed().GetProperty("data").ShouldBeJson("""{"p":"before"}""");
    }

    [Test]
    public async Task A_file_keeps_its_bytes_whatever_charset_it_declares()
    {
        var file = new Part("; name=\"attachment\"; filename=\"a.txt\"", [0xe9, 0xff], "Content-Type: text/plain; charset=x-unknown");
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, "p", Body.Multipart(file))).ShouldSucceed();
        (await Project.FileIn(Uuid, "p")).ShouldBe([0xe9, 0xff]);
    }

    [TestCase("filename=caf%E9")]
    [TestCase("filename=%C0%AE%C0%AE")]
    [TestCase("filename=%ED%A0%80")]
    [TestCase("filename=a.txt&x=%FF")]
    [TestCase("%E9=1")]
    public async Task Refuses_a_query_that_is_no_UTF8(string query)
    {
        await Project.Have(Uuid);
        (await Project.Send(HttpMethod.Put, $"{Project.Attachment(Uuid, "p")}?{query}", Body.Raw([1])))
            .ShouldBeProblem(400, "query_invalid");
        (await Project.Get(Uuid)).ShouldSucceed().GetProperty("data").ShouldBeJson("{}");
        (await Project.List($"?{query}")).ShouldBeProblem(400, "query_invalid");
        (await OwnedFiles.OfAdmin(Service).List($"?{query}")).ShouldBeProblem(400, "query_invalid");
        (await TemporarySet.New(Service.Admin).List($"?{query}")).ShouldBeProblem(400, "query_invalid");
        (await FormType.New(Service.Admin).List($"?{query}")).ShouldBeErrors(400, "query_invalid");
        (await Service.Anonymous.Ask(HttpMethod.Get, $"{Project.Sessions}?{query}")).ShouldBeProblem(401, "unauthenticated");
    }

    [TestCase("caf%C3%A9", "café")]
    [TestCase("100%", "100%")]
    [TestCase("a+b%2Bc", "a b+c")]
    [TestCase("%zz", "%zz")]
    public async Task Takes_any_other_query_by_the_letter(string sent, string meant)
    {
        await Project.Have(Uuid);
        (await Project.Send(HttpMethod.Put, $"{Project.Attachment(Uuid, "p")}?filename={sent}", Body.Raw([1]))).ShouldSucceed();
        var listed = (await Project.ListAttachments(Uuid)).ShouldSucceed()[0];
        listed.EnumerateObject()
            .ShouldContain(member => member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() == meant);
    }
}
