using Attachments.Api.Http.Uploads;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Attachments.UnitTests.Http.Uploads;

public sealed class DigestHeadersTests
{
    // Of the three bytes "abc".
    private const string Md5 = "kAFQmDzST7DWlj99KOF/cg==";
    private const string Sha256 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    private const string Sha512 = "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";

    private static readonly byte[] Md5Bytes = Convert.FromBase64String(Md5);
    private static readonly byte[] Sha256Bytes = Convert.FromBase64String(Sha256);
    private static readonly byte[] Sha512Bytes = Convert.FromBase64String(Sha512);

    [Test]
    public void No_header_means_no_digest() => DigestHeaders.Read(new HeaderDictionary()).ShouldBe(ExpectedDigests.None);

    [Test]
    public void Reads_each_of_the_three_headers()
    {
        Read(("Content-MD5", Md5)).Md5.ShouldBe(Md5Bytes);
        Read(("Content-Digest", $"sha-256=:{Sha256}:")).Sha256.ShouldBe(Sha256Bytes);
        Read(("Repr-Digest", $"sha-512=:{Sha512}:, md5=:{Md5}:")).ShouldSatisfyAllConditions(
            digests => digests.Sha512.ShouldBe(Sha512Bytes),
            digests => digests.Md5.ShouldBe(Md5Bytes),
            digests => digests.Sha256.ShouldBeNull());
    }

    [Test]
    public void Reads_the_headers_of_a_part_without_regard_to_case()
    {
        var headers = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase) { ["content-digest"] = $"sha-256=:{Sha256}:" };

        DigestHeaders.Read(headers).Sha256.ShouldBe(Sha256Bytes);
    }

    [TestCase("sha-256=:{0}:;q=0.5;note=\"a \\\" b\"", TestName = "Parameters")]
    [TestCase(" \t sha-256=:{0}: ", TestName = "Blanks around")]
    [TestCase("a=1 \t,\tsha-256=:{0}:", TestName = "Blanks around the comma")]
    [TestCase("sha-256=:AAAA:, sha-256=:{0}:", TestName = "The last of two values")]
    [TestCase("sha-256, sha-256=:{0}:", TestName = "The last of two values of different types")]
    public void Reads_a_dictionary_with(string format) =>
        Read(("Content-Digest", format.Replace("{0}", Sha256, StringComparison.Ordinal))).Sha256.ShouldBe(Sha256Bytes);

    [TestCase("1")]
    [TestCase("-999999999999999")]
    [TestCase("123456789012.123")]
    [TestCase("\"text, with = and \\\\\"")]
    [TestCase("token/with:odd*signs")]
    [TestCase("*")]
    [TestCase("?1")]
    [TestCase("@1659578233")]
    [TestCase("%\"f%c3%bc\"")]
    [TestCase("()")]
    [TestCase("( 1 \"two\";a  :Mw==: )")]
    [TestCase("::")]
    [TestCase(":QQ:")]
    [TestCase(":QR==:")]
    public void Ignores_an_unknown_algorithm_whatever_its_value(string value)
    {
        var parameter = value.StartsWith('(') ? "1" : value;

        Read(("Content-Digest", $"unixsum={value};p={parameter}, sha-256=:{Sha256}:")).Sha256.ShouldBe(Sha256Bytes);
        Read(("Content-Digest", $"sha-256=:{Sha256}:, unixsum={value}")).Sha256.ShouldBe(Sha256Bytes);
    }

    [Test]
    public void Combines_several_lines_of_one_header()
    {
        var headers = new HeaderDictionary { ["Content-Digest"] = new StringValues([$"sha-256=:{Sha256}:", $"md5=:{Md5}:"]) };

        DigestHeaders.Read(headers).ShouldSatisfyAllConditions(
            digests => digests.Sha256.ShouldBe(Sha256Bytes),
            digests => digests.Md5.ShouldBe(Md5Bytes));
    }

    [TestCase("sha-256")]
    [TestCase("sha-256=?1")]
    [TestCase("sha-256=:AAAA:")]
    [TestCase("sha-256=\"{0}\"")]
    [TestCase("sha-256={0}")]
    [TestCase("sha-256=:{0}")]
    [TestCase("sha-256=:{0}: junk")]
    [TestCase("sha-256=:{0}:,")]
    [TestCase(",sha-256=:{0}:")]
    [TestCase("sha-256 =:{0}:")]
    [TestCase("sha-256= :{0}:")]
    [TestCase("SHA-256=:{0}:")]
    [TestCase("sha-256=:*{0}:")]
    [TestCase("sha-256=:=AAA:")]
    [TestCase("sha-256=:AA AA:")]
    [TestCase("sha-256=:{0}:;")]
    [TestCase("sha-256=:{0}:;A=1")]
    [TestCase("x=1234567890123456")]
    [TestCase("x=1.")]
    [TestCase("x=1.1234")]
    [TestCase("x=-")]
    [TestCase("x=@1.5")]
    [TestCase("x=?2")]
    [TestCase("x=\"open")]
    [TestCase("x=\"bad\\escape\"")]
    [TestCase("x=\"\u00E9\"")]
    [TestCase("x=%\"%C3%BC\"")]
    [TestCase("x=%\"%c3\"")]
    [TestCase("x=%\"%\"")]
    [TestCase("x=(1")]
    [TestCase("x=(1\"two\")")]
    [TestCase("x=((1))")]
    [TestCase("x=:A:")]
    [TestCase("x=!")]
    [TestCase("\0")]
    public void Refuses_what_is_no_dictionary_of_digests(string format) =>
        Refusal(("Repr-Digest", format.Replace("{0}", Sha256, StringComparison.Ordinal))).ShouldBe("digest_invalid");

    [TestCase("")]
    [TestCase("900150983cd24fb0d6963f7d28e17f72")]
    [TestCase("kAFQmDzST7DWlj99KOF/cg")]
    [TestCase("kAFQmDzST7DWlj99KOF/cgAA")]
    [TestCase("kAFQmDzST7DWlj99KOF /cg=")]
    [TestCase(":kAFQmDzST7DWlj99KOF/cg==:")]
    public void Refuses_a_Content_MD5_that_is_not_16_bytes_in_base64(string value) =>
        Refusal(("Content-MD5", value)).ShouldBe("digest_invalid");

    [Test]
    public void Refuses_two_lines_of_Content_MD5() =>
        Should.Throw<InvalidRequestException>(
            () => DigestHeaders.Read(new HeaderDictionary { ["Content-MD5"] = new StringValues([Md5, Md5]) }));

    [Test]
    public void Takes_one_digest_that_is_given_twice() =>
        Read(("Content-MD5", Md5), ("Content-Digest", $"md5=:{Md5}:"), ("Repr-Digest", $"md5=:{Md5}:")).Md5.ShouldBe(Md5Bytes);

    [TestCase("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")]
    [TestCase("Repr-Digest", "md5=:AAAAAAAAAAAAAAAAAAAAAA==:")]
    public void Two_different_digests_cannot_both_match(string header, string value) =>
        Should.Throw<DigestMismatchException>(() => Read(("Content-Digest", $"md5=:{Md5}:"), (header, value)));

    [FsCheck.NUnit.Property]
    public Property A_digest_that_is_written_is_read_back() =>
        Prop.ForAll(Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(32).ToArbitrary(), digest =>
            Read(("Content-Digest", $"sha-256=:{Convert.ToBase64String(digest)}:")).Sha256.ShouldBe(digest));

    [FsCheck.NUnit.Property(MaxTest = 5000)]
    public Property Any_header_is_read_or_refused()
    {
        var piece = Gen.Elements(
            "sha-256", "md5", "x", "=", ":", ",", ";", "\"", "\\", "(", ")", " ", "\t", "?1", "@", "%", "%\"", "1", "-", ".", "*", Md5,
            Sha256, "\u00E9", "\0");
        return Prop.ForAll(piece.ArrayOf().ToArbitrary(), pieces =>
        {
            var text = string.Concat(pieces);
            try
            {
                Read(("Content-Digest", text), ("Content-MD5", Md5));
            }
            catch (RequestException refusal)
            {
                refusal.Code.ShouldBeOneOf("digest_invalid", "digest_mismatch");
            }
        });
    }

    private static string Refusal(params (string Name, string Value)[] headers) =>
        Should.Throw<InvalidRequestException>(() => Read(headers)).Code;

    private static ExpectedDigests Read(params (string Name, string Value)[] headers) =>
        DigestHeaders.Read(new HeaderDictionary(headers.ToDictionary(header => header.Name, header => new StringValues(header.Value))));
}
