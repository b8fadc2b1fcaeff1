using System.Text;
using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Application.Errors;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;

namespace Attachments.UnitTests.Http.Uploads.Multipart;

public sealed class TransferEncodingTests
{
    private const string Base64 = "base64";
    private const string QuotedPrintable = "quoted-printable";

    [TestCase(Base64, "", "")]
    [TestCase(Base64, "\r\n", "")]
    [TestCase(Base64, "YQ==", "a")]
    [TestCase(Base64, "YWI=\r\n", "ab")]
    [TestCase(Base64, "YWJj\r\nZGVm\r\n\r\n", "abcdef")]
    [TestCase(Base64, "Y\nW \tJ\r\nj", "abc")]
    [TestCase(Base64, "YQ=\r\n=", "a")]
    [TestCase(Base64, "+/+/", "\u00FB\u00FF\u00BF")]
    [TestCase(QuotedPrintable, "", "")]
    [TestCase(QuotedPrintable, "=C3=A4 =3D =e4", "\u00C3\u00A4 = \u00E4")]
    [TestCase(QuotedPrintable, "one=\r\n two=\n three= \t\r\n four", "one two three four")]
    [TestCase(QuotedPrintable, "blanks \t \r\n \tkept x \n end  ", "blanks\r\n \tkept x\n end")]
    [TestCase(QuotedPrintable, "a =\r\n", "a ")]
    [TestCase(QuotedPrintable, "a=20\r\n", "a \r\n")]
    [TestCase(QuotedPrintable, "a=", "a")]
    [TestCase(QuotedPrintable, "a= ", "a")]
    public async Task Decodes(string encoding, string sent, string decoded)
    {
        (await Decode(encoding, sent, [int.MaxValue])).ShouldBe(decoded);
        (await Decode(encoding, sent, [1])).ShouldBe(decoded);
    }

    [TestCase(Base64, "Y")]
    [TestCase(Base64, "YW")]
    [TestCase(Base64, "YWJ")]
    [TestCase(Base64, "YWJjZ")]
    [TestCase(Base64, "YQ=")]
    [TestCase(Base64, "Y===")]
    [TestCase(Base64, "====")]
    [TestCase(Base64, "YQ==YQ==")]
    [TestCase(Base64, "YWI=\r\nYWI=")]
    [TestCase(Base64, "YQ==\r\n=")]
    [TestCase(Base64, "YWJj!ZGVm")]
    [TestCase(Base64, "-_-_")]
    [TestCase(Base64, "YW\0Jj")]
    [TestCase(Base64, "YWJj\u00E4")]
    [TestCase(QuotedPrintable, "=4")]
    [TestCase(QuotedPrintable, "=4\r\n1")]
    [TestCase(QuotedPrintable, "=zz")]
    [TestCase(QuotedPrintable, "a=b")]
    [TestCase(QuotedPrintable, "==")]
    [TestCase(QuotedPrintable, "= 41")]
    [TestCase(QuotedPrintable, "=\rx")]
    [TestCase(QuotedPrintable, "=\r")]
    [TestCase(QuotedPrintable, "\u00E4")]
    [TestCase(QuotedPrintable, "a\0b")]
    public async Task Refuses_what_is_broken(string encoding, string sent)
    {
        foreach (var pieces in new[] { int.MaxValue, 1 })
        {
            (await Should.ThrowAsync<InvalidRequestException>(() => Decode(encoding, sent, [pieces]))).Code
                .ShouldBe("transfer_encoding_invalid");
        }
    }

    [TestCase(Base64, " ")]
    [TestCase(Base64, "\r\n")]
    [TestCase(QuotedPrintable, " ")]
    [TestCase(QuotedPrintable, "=\r\n")]
    public async Task Refuses_what_has_no_end_and_no_content(string encoding, string repeated)
    {
        var content = new ChoppedStream(
            Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(repeated, 1 << 20))), ChoppedStream.Repeat([4096]));

        (await Should.ThrowAsync<InvalidRequestException>(() => Decoding(encoding, content).CopyToAsync(Stream.Null)))
            .Code.ShouldBe("transfer_encoding_invalid");
        content.Position.ShouldBeLessThan(256 << 10);
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Bytes_come_back_however_they_arrive_and_are_read() => Prop.ForAll(
        Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().ToArbitrary(),
        Gen.Choose(1, 100).NonEmptyListOf().ToArbitrary(),
        (bytes, pieces) =>
        {
            var text = Encoding.Latin1.GetString(bytes);
            Decode(Base64, Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks), [.. pieces]).Result.ShouldBe(text);
            Decode(QuotedPrintable, string.Join("=\r\n", bytes.Select(value => $"={value:X2}")), [.. pieces]).Result.ShouldBe(text);
        });

    [Test]
    public async Task Decodes_much_more_than_its_buffers()
    {
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);

        (await Decode(Base64, Convert.ToBase64String(bytes), [int.MaxValue])).ShouldBe(Encoding.Latin1.GetString(bytes));
        var words = string.Concat(Enumerable.Range(0, 50_000).Select(number => $"{number} \t=\r\n"));
        (await Decode(QuotedPrintable, words, [int.MaxValue])).ShouldBe(words.Replace("=\r\n", "", StringComparison.Ordinal));
    }

    private static async Task<string> Decode(string encoding, string sent, int[] pieces)
    {
        using var decoded = new MemoryStream();
        await Decoding(encoding, new ChoppedStream(Encoding.Latin1.GetBytes(sent), ChoppedStream.Repeat(pieces))).CopyToAsync(
            decoded, pieces[0] % 4096 + 1);
        return Encoding.Latin1.GetString(decoded.ToArray());
    }

    private static Stream Decoding(string encoding, Stream sent) => TransferEncoding.Decode(
        new Dictionary<string, StringValues> { ["Content-Transfer-Encoding"] = encoding }, sent);
}
