using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Application.Errors;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;

namespace Attachments.UnitTests.Http.Uploads.Multipart;

public sealed class PartDispositionTests
{
    [Test]
    public void Is_null_without_the_header() => PartDisposition.From(new Dictionary<string, StringValues>()).ShouldBeNull();

    [TestCase("form-data; name=\"a\"", "form-data", "a", null)]
    [TestCase("form-data; name=a; filename=cat.png", "form-data", "a", "cat.png")]
    [TestCase("Form-Data;NAME=a;FileName=cat.png", "form-data", "a", "cat.png")]
    [TestCase("attachment ; filename = \"cat.png\" ; name = a ;", "attachment", "a", "cat.png")]
    [TestCase("attachment;name=\"a\";;filename=\"cat.png\"", "attachment", "a", "cat.png")]
    [TestCase("attachment", "attachment", null, null)]
    [TestCase("form-data; name=\"session[data][photo]\"; filename=\"\"", "form-data", "session[data][photo]", "")]
    [TestCase("form-data; name=a; filename=", "form-data", "a", "")]
    [TestCase("form-data; name; filename=x; size=12; x=\"1\"", "form-data", null, "x")]
    [TestCase("form-data; name=a; name=b", "form-data", "a", null)]
    public void Reads_type_name_and_file_name(string header, string type, string? name, string? fileName) =>
        From(header).ShouldBe(new PartDisposition(type, name, fileName));

    [TestCase(@"form-data; filename=""C:\dir\x.png""", @"C:\dir\x.png")]
    [TestCase(@"form-data; filename=""C:\dir\""", @"C:\dir\")]
    [TestCase(@"form-data; filename=""\\server\share\x.png""", @"\server\share\x.png")]
    [TestCase(@"form-data; filename=""a\""b.png""", @"a""b.png")]
    [TestCase(@"form-data; filename=""a;b=c.png""; name=x", "a;b=c.png")]
    [TestCase(@"form-data; filename=C:\dir\x.png", @"C:\dir\x.png")]
    [TestCase("form-data; filename=my cat.png; name=x", "my cat.png")]
    [TestCase("form-data; filename=kätzchen.png", "kätzchen.png")]
    [TestCase("form-data; filename=\"kätzchen \uD83D\uDC31.png\"", "kätzchen \uD83D\uDC31.png")]
    [TestCase("form-data; filename=\"%22cat%22%0D%0A 100%.png\"", "\"cat\"\r\n 100%.png")]
    [TestCase("form-data; filename=\"%41%2F.png\"", "%41%2F.png")]
    [TestCase("form-data; filename=%22.png", "%22.png")]
    [TestCase("attachment; filename=\"%22.png\"", "%22.png")]
    public void Understands_how_clients_write_file_names(string header, string fileName) => From(header)!.FileName.ShouldBe(fileName);

    [TestCase("form-data; filename=plain; filename*=UTF-8''k%C3%A4tzchen.png", "kätzchen.png")]
    [TestCase("form-data; filename*=utf-8'de'k%c3%a4tzchen.png; filename=plain", "kätzchen.png")]
    [TestCase("form-data; filename*=\"UTF-8''a%20b\"; filename=plain", "a b")]
    [TestCase("form-data; filename*=ISO-8859-1''k%E4tzchen; filename=plain", "kätzchen")]
    [TestCase("form-data; filename*=UTF-8''it's; filename=plain", "it's")]
    [TestCase("form-data; filename*=UTF-8''%C3%28; filename=plain", "plain")]
    [TestCase("form-data; filename*=UTF-8''%C0%AF; filename=plain", "plain")]
    [TestCase("form-data; filename*=UTF-8''100%; filename=plain", "plain")]
    [TestCase("form-data; filename*=windows-1252''x; filename=plain", "plain")]
    [TestCase("form-data; filename*=x; filename=plain", "plain")]
    [TestCase("form-data; filename*=UTF-8''; filename=plain", "plain")]
    [TestCase("form-data; filename*=UTF-8''", "")]
    public void Prefers_the_extended_file_name_where_it_can_be_used(string header, string fileName) =>
        From(header)!.FileName.ShouldBe(fileName);

    [TestCase("filename*0*=UTF-8''Pr%C3%BCfbericht%20; filename*1*=M%C3%A4rz.pdf", "Pr\u00FCfbericht M\u00E4rz.pdf")]
    [TestCase("filename*1*=M%C3%A4rz.pdf; FILENAME*0*=utf-8'de'Pr%C3%BC", "Pr\u00FCM\u00E4rz.pdf")]
    [TestCase("filename*0*=UTF-8''%C3; filename*1*=%A4.png", "\u00E4.png")]
    [TestCase("filename*0*=iso-8859-1''%E4; filename*1=\"100% b.png\"", "\u00E4100% b.png")]
    [TestCase("filename*0=\"a long \"; filename*1=name; filename*2=.png", "a long name.png")]
    [TestCase("filename*0=one.png", "one.png")]
    [TestCase("filename*0*=us-ascii''a%20b", "a b")]
    [TestCase("filename=plain; filename*0*=UTF-8''%C3%A4; filename*1=b", "\u00E4b")]
    [TestCase("filename*=UTF-8''whole; filename*0=pieces", "whole")]
    [TestCase("filename*0=\"\"; filename=plain", "plain")]
    [TestCase("filename*0=\"\"", "")]
    [TestCase("filename=plain; filename*1=b", "plain")]
    [TestCase("filename=\"\"; filename=second", "second")]
    [TestCase("filename=plain; filename-other=x", "plain")]
    [TestCase("filename*0=0; filename*1=1; filename*2=2; filename*3=3; filename*4=4; filename*5=5; filename*6=6; filename*7=7; "
        + "filename*8=8; filename*9=9; filename*10=10", "012345678910")]
    public void Puts_a_continued_file_name_together(string parameters, string fileName)
    {
        From($"attachment; {parameters}; name=a").ShouldBe(new PartDisposition("attachment", "a", fileName));
        From($"form-data; {parameters.Replace("filename", "name", StringComparison.OrdinalIgnoreCase)}")!.Name.ShouldBe(fileName);
    }

    [TestCase("filename*1=b")]
    [TestCase("filename*0=a; filename*2=c")]
    [TestCase("filename*0=a; filename*0=b")]
    [TestCase("filename*0=a; filename*0*=UTF-8''b")]
    [TestCase("filename*00=a")]
    [TestCase("filename*0=a; filename*01=b")]
    [TestCase("filename*0**=UTF-8''a")]
    [TestCase("filename*x=a")]
    [TestCase("filename*-1=a")]
    [TestCase("filename*99999999999=a")]
    [TestCase("filename*0*=a")]
    [TestCase("filename*0=a; filename*1*=UTF-8''b")]
    [TestCase("filename*0*=UTF-8''%C3; filename*1=b")]
    [TestCase("filename*0*=UTF-8''%4; filename*1=b")]
    [TestCase("filename*0*=UTF-8''%4; filename*1*=b")]
    [TestCase("filename*0*=UTF-8''a; filename*1=\u00E4")]
    [TestCase("filename*0*=x-unknown''a")]
    [TestCase("filename*=x-unknown''a")]
    [TestCase("filename*=UTF-8''%zz; filename=\"\"")]
    [TestCase("filename*1=b; filename=")]
    [TestCase("filename")]
    [TestCase("filename; size=3")]
    [TestCase("filename \"a.png\"")]
    [TestCase("filename-utf8=a")]
    [TestCase("FileName[]=a")]
    public void Refuses_a_file_name_that_is_there_and_cannot_be_read(string parameters)
    {
        foreach (var header in new[] { $"form-data; name=a; {parameters}", $"attachment; {parameters}" })
        {
            Should.Throw<InvalidRequestException>(() => From(header)).Code.ShouldBe("content_disposition_invalid");
        }
    }

    [TestCase("=?utf-8?B?a8OkdHpjaGVuLnBuZw==?=", "kätzchen.png")]
    [TestCase("\"=?UTF-8?b?a8OkdHpjaGVuLnBuZw==?=\"", "kätzchen.png")]
    [TestCase("\"=?utf-8?Q?k=C3=A4tzchen_100%.png?=\"", "kätzchen 100%.png")]
    [TestCase("\"=?iso-8859-1?q?k=E4tzchen?=.png\"", "kätzchen.png")]
    [TestCase("\"=?utf-8*de?Q?k=C3=A4?=\"", "kä")]
    [TestCase("\"=?utf-8?Q?k=C3?= =?utf-8?Q?=A4tzchen?=\"", "kätzchen")]
    [TestCase("\"=?utf-8?Q?a?= =?iso-8859-1?Q?=E4?= b =?utf-8?Q?c?=\"", "aä b c")]
    [TestCase("\"=?koi8-r?B?xg==?=\"", "=?koi8-r?B?xg==?=")]
    [TestCase("\"=?utf-8?B?!?=\"", "=?utf-8?B?!?=")]
    [TestCase("\"=?utf-8?Q?=4?=\"", "=?utf-8?Q?=4?=")]
    [TestCase("\"=?utf-8?X?a?=\"", "=?utf-8?X?a?=")]
    public void Decodes_encoded_words(string value, string fileName)
    {
        From($"form-data; filename={value}")!.FileName.ShouldBe(fileName);
        From($"form-data; name={value}")!.Name.ShouldBe(fileName);
    }

    [Test]
    public void Decodes_an_extended_field_name() => From("form-data; name*=utf-8''k%C3%A4")!.Name.ShouldBe("kä");

    [TestCase("")]
    [TestCase("; name=a")]
    [TestCase("form data; name=a")]
    [TestCase("name=\"a\"")]
    [TestCase("form-data; name=\"a")]
    [TestCase("form-data; name=\"a\"b; filename=c")]
    [TestCase("form-data; name=\"")]
    [TestCase("form-data; filename*=UTF-8''%C3%28")]
    public void Refuses_what_cannot_be_read(string header) =>
        Should.Throw<InvalidRequestException>(() => From(header)).Code.ShouldBe("content_disposition_invalid");

    [Test]
    public void Refuses_two_headers() =>
        Should.Throw<InvalidRequestException>(() => From(new StringValues(["form-data; name=a", "form-data; name=b"])));

    [FsCheck.NUnit.Property(MaxTest = 5000)]
    public Property Any_header_is_read_or_refused()
    {
        var piece = Gen.Elements(
            "form-data", "attachment", "name", "filename", "*", "=", ";", "*0", "*1", "\"", "\\", " ", "utf-8''", "%", "%C3",
            "=?utf-8?Q?", "=?utf-8?B?", "?=", "?", "ä", "\uD800");
        return Prop.ForAll(piece.ArrayOf().ToArbitrary(), pieces =>
        {
            try
            {
                From("form-data; " + string.Concat(pieces));
            }
            catch (InvalidRequestException refusal)
            {
                refusal.Code.ShouldBe("content_disposition_invalid");
            }
        });
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property A_quoted_name_is_read_back()
    {
        var name = Gen.Elements("a", "B", " ", ";", "=", "\"", "\\", "/", "ä", "\uD83D\uDC31", "%", "'", "*", "?")
            .ArrayOf()
            .Select(string.Concat);
        return Prop.ForAll(name.ToArbitrary(), text =>
        {
            var quoted = text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            From($"attachment; filename=\"{quoted}\"; name=x").ShouldBe(new PartDisposition("attachment", "x", text));
        });
    }

    private static PartDisposition? From(StringValues header) =>
        PartDisposition.From(new Dictionary<string, StringValues> { ["Content-Disposition"] = header });
}
