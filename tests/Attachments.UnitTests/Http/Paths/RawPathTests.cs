using Attachments.Api.Http.Paths;
using Attachments.Application.Errors;
using FsCheck;
using FsCheck.Fluent;

namespace Attachments.UnitTests.Http.Paths;

public sealed class RawPathTests
{
    [TestCase("/", "")]
    [TestCase("/a/b", "a|b")]
    [TestCase("/a/b/?q=/x", "a|b|")]
    [TestCase("//a//b", "|a||b")]
    [TestCase("/a%2Fb/c%2fd", "a/b|c/d")]
    [TestCase("/a%252Fb", "a%2Fb")]
    [TestCase("/%252e%252e", "%2e%2e")]
    [TestCase("/a+b%20c%2B", "a+b c+")]
    [TestCase("/...", "...")]
    [TestCase("/.a/a..", ".a|a..")]
    [TestCase("/..%5C..", "..\\..")]
    [TestCase("/%25", "%")]
    [TestCase("/k%C3%A4%F0%9F%90%B1", "kä\uD83D\uDC31")]
    [TestCase("/e%CC%81", "e\u0301")]
    [TestCase("http://host/a%2Fb?c", "a/b")]
    [TestCase("https://user@host:8443/a", "a")]
    [TestCase("http://host", "")]
    [TestCase("http://host?q=/a/b", "")]
    public void Splits_before_it_decodes_once(string target, string segments) =>
        string.Join('|', RawPath.Parse(target)!.Segments).ShouldBe(segments);

    [TestCase("*")]
    [TestCase("host:443")]
    public void Is_null_for_a_target_without_a_path(string target) => RawPath.Parse(target).ShouldBeNull();

    [TestCase("/.")]
    [TestCase("/..")]
    [TestCase("/a/../b")]
    [TestCase("/a/%2e%2e/b")]
    [TestCase("/a/.%2E")]
    [TestCase("/a/%2E/b")]
    [TestCase("/a/./b")]
    [TestCase("http://host/../a")]
    [TestCase("/%")]
    [TestCase("/%2")]
    [TestCase("/a%/b")]
    [TestCase("/%zz")]
    [TestCase("/%u0041")]
    [TestCase("/%00")]
    [TestCase("/a%00b")]
    [TestCase("/%C0%AF")]
    [TestCase("/%FF")]
    [TestCase("/%C3")]
    [TestCase("/%C3/%A4")]
    [TestCase("/%ED%A0%80")]
    [TestCase("/%F4%90%80%80")]
    [TestCase("/kä")]
    public void Refuses_what_cannot_be_one_path(string target) =>
        Should.Throw<InvalidRequestException>(() => RawPath.Parse(target)).Code.ShouldBe("path_invalid");

    [TestCase("/a%2Fb/c", "/a%2Fb/c")]
    [TestCase("/a%252Fb/", "/a%2Fb/")]
    [TestCase("/k%C3%A4/x%20y", "/kä/x y")]
    [TestCase("http://host/a%2fb", "/a%2Fb")]
    [TestCase("http://host", "/")]
    [TestCase("//a", "//a")]
    public void Routes_by_the_segments_that_were_sent(string target, string path) => RawPath.Parse(target)!.ForRouting.ShouldBe(path);

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Segments_that_are_encoded_come_back()
    {
        var piece = Gen.Elements("a", "/", "%", "%2F", "..", ".", "+", " ", "?", "#", "ä", "\uD83D\uDC31", "\\", "\n");
        var segment = piece.NonEmptyListOf().Select(string.Concat).Where(text => text is not ("." or ".."));
        return Prop.ForAll(segment.NonEmptyListOf().ToArbitrary(), segments =>
            RawPath.Parse("/" + string.Join('/', segments.Select(Uri.EscapeDataString)) + "?query")!.Segments.ShouldBe(segments));
    }

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property Any_target_is_a_path_or_refused()
    {
        var piece = Gen.Elements("a", "/", "%", "%2F", "%C3", "%A4", "%00", "%e", ".", "?", "#", ":", "://", "*", "ä", "\0", "\uD800");
        return Prop.ForAll(piece.ArrayOf().ToArbitrary(), pieces =>
        {
            try
            {
                RawPath.Parse(string.Concat(pieces))?.Segments.ShouldAllBe(segment => segment != "." && segment != "..");
            }
            catch (InvalidRequestException refusal)
            {
                refusal.Code.ShouldBe("path_invalid");
            }
        });
    }
}
