using Attachments.Application.Text;

namespace Attachments.UnitTests.Common;

public sealed class QuotedTests
{
    [TestCase("", "\"\"")]
    [TestCase("Zoë's <file>", "\"Zoë's <file>\"")]
    [TestCase("a\u202E\n\0b", "\"a\uFFFD\uFFFD\uFFFDb\"")]
    public void Shows_what_prints(string text, string quoted) => Quoted.Format(text).ShouldBe(quoted);

    [Test]
    public void Cuts_after_40_characters()
    {
        var longest = string.Concat(Enumerable.Repeat("😀", 40));
        Quoted.Format(longest).ShouldBe($"\"{longest}\"");
        Quoted.Format(longest + new string('x', 1 << 24)).ShouldBe($"\"{longest}…\"");
    }
}
