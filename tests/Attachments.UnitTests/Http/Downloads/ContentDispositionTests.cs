using System.Text;
using System.Text.RegularExpressions;
using Attachments.Api.Http.Downloads;
using Attachments.Testing.Http;
using FsCheck;
using FsCheck.Fluent;

namespace Attachments.UnitTests.Http.Downloads;

internal sealed class ContentDispositionTests
{
    [TestCase("report.pdf", "attachment; filename=\"report.pdf\"")]
    [TestCase("my report (1), final; v2 = ok.pdf", "attachment; filename=\"my report (1), final; v2 = ok.pdf\"")]
    [TestCase("it's.txt", "attachment; filename=\"it's.txt\"")]
    [TestCase(".htaccess", "attachment; filename=\".htaccess\"")]
    public void Says_a_plain_name_once(string name, string expected) => ContentDisposition.Format(name, inline: false).ShouldBe(expected);

    [TestCase("na\u00efve.txt", "na_ve.txt", "na%C3%AFve.txt")]
    [TestCase("\u20ac rates.txt", "_ rates.txt", "%E2%82%AC%20rates.txt")]
    [TestCase("\ud83d\ude00.png", "_.png", "%F0%9F%98%80.png")]
    [TestCase("\u65e5\u672c.txt", "__.txt", "%E6%97%A5%E6%9C%AC.txt")]
    [TestCase("a\"b.txt", "a_b.txt", "a%22b.txt")]
    [TestCase("a\\b.txt", "a_b.txt", "a%5Cb.txt")]
    [TestCase("a/b.txt", "a_b.txt", "a%2Fb.txt")]
    [TestCase("100%.txt", "100_.txt", "100%25.txt")]
    [TestCase("a%41.txt", "a_41.txt", "a%2541.txt")]
    [TestCase("a\r\nSet-Cookie: b", "a__Set-Cookie: b", "a%0D%0ASet-Cookie%3A%20b")]
    [TestCase("a\u007fb\u0000", "a_b_", "a%7Fb%00")]
    [TestCase("\u00e9 '*;,()<>@[]{}?=.txt", "_ '*;,()<>@[]{}?=.txt", "%C3%A9%20%27%2A%3B%2C%28%29%3C%3E%40%5B%5D%7B%7D%3F%3D.txt")]
    [TestCase("\u00e9!#$&+-.^_`|~", "_!#$&+-.^_`|~", "%C3%A9!#$&+-.^_`|~")]
    public void Says_any_other_name_twice(string name, string plain, string encoded) =>
        ContentDisposition.Format(name, inline: false).ShouldBe($"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");

    [Test]
    public void Replaces_half_a_character() =>
        ContentDisposition.Format("a\ud83d.txt", inline: false)
            .ShouldBe("attachment; filename=\"a_.txt\"; filename*=UTF-8''a%EF%BF%BD.txt");

    [Test]
    public void Says_a_long_name_in_full()
    {
        var name = new string('\u20ac', 85);
        var (plain, encoded) = (new string('_', 85), string.Concat(Enumerable.Repeat("%E2%82%AC", 85)));
        ContentDisposition.Format(name, inline: false).ShouldBe($"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    }

    [Test]
    public void Says_inline() => ContentDisposition.Format("a.png", inline: true).ShouldBe("inline; filename=\"a.png\"");

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Is_safe_and_gives_the_name_back() => Prop.ForAll(
        Names().ToArbitrary(),
        name =>
        {
            var match = Regex.Match(
                ContentDisposition.Format(name, inline: false),
                @"\Aattachment; filename=""(?<plain>[ !#$&-.0-\[\]-~]*)"""
                + @"(?:; filename\*=UTF-8''(?<name>(?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})*))?\z");
            match.Success.ShouldBeTrue(name);
            var said = match.Groups["name"].Success ? Uri.UnescapeDataString(match.Groups["name"].Value) : match.Groups["plain"].Value;
            said.ShouldBe(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)));
        });

    private static Gen<string> Names() => MutatedText.Mutate(
        ["report.pdf", "na\u00efve \ud83d\ude00.txt"],
        [
            "a", "%", "%41", "\"", "\\", "'", ";", "=", "*", " ", "\r\n", "\0", "\u007f", "\u0085", "\u202e", "\u00e9", "\ud83d\ude00",
            "\ud83d", "\ude00",
        ]);
}
