using Attachments.Api.Controllers.Sessions;

namespace Attachments.UnitTests.Sessions;

public sealed class Base64TextTests
{
    [TestCase("base-64-data-goes-here", "base+64+data+goes+herQ==")]
    [TestCase("base-64-data-goes-here==", "base+64+data+goes+herQ==")]
    [TestCase("", "")]
    [TestCase("AQ==", "AQ==")]
    [TestCase("AQ", "AQ==")]
    [TestCase("AQ\r\nID", "AQID")]
    public void Takes_base64_as_devices_send_it(string text, string expected) =>
        Convert.ToBase64String(Base64Text.Decode(text)!).ShouldBe(expected);

    [TestCase("A")]
    [TestCase("AQ=")]
    [TestCase("AQ===")]
    [TestCase("AQID====")]
    [TestCase("A=QI")]
    [TestCase("ab cdefg")]
    [TestCase("not base64!")]
    [TestCase("ÄÖÜß")]
    public void Refuses_what_is_none(string text) => Base64Text.Decode(text).ShouldBeNull();

    [FsCheck.NUnit.Property]
    public bool Reads_back_whatever_was_encoded(byte[] bytes) =>
        Base64Text.Decode(Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks))!.AsSpan().SequenceEqual(bytes)
            && Base64Text.Decode(System.Buffers.Text.Base64Url.EncodeToString(bytes))!.AsSpan().SequenceEqual(bytes);

    [FsCheck.NUnit.Property]
    public bool Never_throws(string? text) => text is null || (Base64Text.Decode(text)?.Length ?? 0) <= text.Length;
}
