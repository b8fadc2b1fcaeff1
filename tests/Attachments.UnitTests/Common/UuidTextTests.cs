using Attachments.Application.Text;

namespace Attachments.UnitTests.Common;

public sealed class UuidTextTests
{
    private const string Text = "4bb709c2-e0e7-4af3-9f60-a045016a9610";

    [TestCase(Text)]
    [TestCase("4BB709C2-E0E7-4AF3-9F60-A045016A9610")]
    public void Is_read_in_either_case(string text) => UuidText.Parse(text).ShouldBe(Guid.Parse(Text));

    [TestCase(null)]
    [TestCase("")]
    [TestCase(" " + Text)]
    [TestCase("{" + Text + "}")]
    [TestCase("4bb709c2e0e74af39f60a045016a9610")]
    [TestCase("0xb709c2-e0e7-4af3-9f60-a045016a9610")]
    [TestCase("+bb709c2-e0e7-4af3-9f60-a045016a9610")]
    [TestCase(Text + "0")]
    public void Is_nothing_else(string? text) => UuidText.Parse(text).ShouldBeNull();
}
