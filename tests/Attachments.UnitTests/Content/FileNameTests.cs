using System.Text;
using Attachments.Domain;
using Attachments.Domain.Content;
using FsCheck;
using FsCheck.Fluent;

namespace Attachments.UnitTests.Content;

public sealed class FileNameTests
{
    [TestCase("cat.png", "cat.png")]
    [TestCase("/home/me/cat.png", "cat.png")]
    [TestCase(@"C:\pictures\cat.png", "cat.png")]
    [TestCase(@"mixed/up\cat.png", "cat.png")]
    [TestCase("../../etc/passwd", "passwd")]
    public void Keeps_only_the_last_segment(string text, string kept) => FileName.From(text).Value.ShouldBe(kept);

    [TestCase("a\0b\u001F\u007F\u0085\u009Fc", "abc")]
    [TestCase("cat\r\n.png", "cat.png")]
    [TestCase("\u202Egnp.tac\u202C", "gnp.tac")]
    [TestCase("\u061C\u200E\u200F\u202A\u202B\u202D\u2066\u2067\u2068\u2069x", "x")]
    public void Removes_control_and_bidirectional_formatting_characters(string text, string kept) =>
        FileName.From(text).Value.ShouldBe(kept);

    [TestCase("  cat.png\t", "cat.png")]
    [TestCase("\u00A0\u3000cat.png\u2003", "cat.png")]
    [TestCase("\u202E cat.png", "cat.png")]
    [TestCase("a cat.png", "a cat.png")]
    public void Removes_white_space_around_the_name(string text, string kept) => FileName.From(text).Value.ShouldBe(kept);

    [TestCase("e\u0301.txt", "\u00E9.txt", TestName = "A composed letter")]
    [TestCase("\u00E9.txt", "\u00E9.txt", TestName = "One that is composed already")]
    [TestCase("e\u0001\u0301.txt", "\u00E9.txt", TestName = "A mark that follows once a control character is gone")]
    [TestCase("\u1112\u1161\u11AB", "\uD55C", TestName = "Hangul jamo")]
    [TestCase("\uAC00\u11A8", "\uAC01", TestName = "A Hangul syllable and a trailing consonant")]
    [TestCase("\u212B", "\u00C5", TestName = "A singleton")]
    [TestCase("q\u0307\u0323", "q\u0323\u0307", TestName = "Marks in another order")]
    [TestCase("a\u0323\u0302", "\u1EAD", TestName = "Two marks on one letter")]
    [TestCase("\u0958", "\u0915\u093C", TestName = "A composition exclusion")]
    [TestCase("\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65", TestName = "An exclusion outside of the basic plane")]
    [TestCase("\uD804\uDC99\uD804\uDCBA", "\uD804\uDC9A", TestName = "A composition outside of the basic plane")]
    [TestCase("\uFB01", "\uFB01", TestName = "A ligature, which is only compatible")]
    public void Is_in_normalisation_form_C(string text, string normalised) => FileName.From(text).Value.ShouldBe(normalised);

    [TestCase("")]
    [TestCase(" ")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase(" .. ")]
    [TestCase("folder/")]
    [TestCase(@"C:\pictures\")]
    [TestCase("\u202E\0")]
    [TestCase("a/..")]
    public void Refuses_what_is_no_name(string text) =>
        Should.Throw<DomainException>(() => FileName.From(text)).Code.ShouldBe("file_name_invalid");

    [Test]
    public void Refuses_lone_surrogates()
    {
        // Not as cases: an attribute cannot hold such text.
        foreach (var text in new[] { "a\uD800b", "\uDC00", "\uD800/a", "\uDC00\uD800" })
        {
            Should.Throw<DomainException>(() => FileName.From(text)).Code.ShouldBe("file_name_invalid");
        }
    }

    [Test]
    public void Takes_255_bytes_of_UTF8_and_no_more()
    {
        var longest = string.Concat(Enumerable.Repeat("\u20AC", 85));

        FileName.From(longest).Value.ShouldBe(longest);
        Should.Throw<DomainException>(() => FileName.From(longest + "a")).Code.ShouldBe("file_name_too_long");
    }

    [Test]
    public void Counts_the_bytes_that_are_kept() =>
        FileName.From(new string('d', 1000) + "/" + new string('\u0001', 300) + "a").Value.ShouldBe("a");

    [Test]
    public void Equal_names_are_equal_however_they_were_spelt() => FileName.From("/x/e\u0301").ShouldBe(FileName.From("\u00E9"));

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Any_text_is_a_name_that_stays_as_it_is_or_is_refused() => Prop.ForAll(AnyText().ToArbitrary(), text =>
    {
        string name;
        try
        {
            name = FileName.From(text).Value;
        }
        catch (DomainException refusal)
        {
            refusal.Code.ShouldBeOneOf("file_name_invalid", "file_name_too_long");
            return;
        }

        Encoding.UTF8.GetByteCount(name).ShouldBeInRange(1, FileName.MaxBytes);
        name.IndexOfAny(['/', '\\', '\0', '\n', '\u202E']).ShouldBe(-1);
        FileName.From(name).Value.ShouldBe(name);
    });

    [TestCase("a b", "a b")]
    [TestCase(" a ", " a ")]
    [TestCase(" ", " ")]
    [TestCase("e\u0301", "\u00e9")]
    [TestCase("a\u202Eb", "ab")]
    public void A_segment_is_a_name_as_it_stands(string segment, string expected) =>
        FileName.FromSegment(segment).Value.ShouldBe(expected);

    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("a/b")]
    [TestCase("a\\b")]
    [TestCase("a\n")]
    [TestCase("a\u0085")]
    [TestCase("\u202E")]
    [TestCase("a\ufffe")]
    public void A_segment_that_would_name_another_file_is_refused(string segment) =>
        Should.Throw<DomainException>(() => FileName.FromSegment(segment)).Code.ShouldBe("file_name_invalid");

    [TestCase("e\u0301.txt", "\u00E9.txt")]
    [TestCase("x/a", null)]
    [TestCase("a\u0001", null)]
    [TestCase("..", null)]
    public void A_segment_that_names_no_file_can_be_asked_for(string segment, string? expected) =>
        (FileName.FromSegmentOrNull(segment)?.Value).ShouldBe(expected);

    private static Gen<string> AnyText()
    {
        var character = Gen.Frequency(
            (4, Gen.Choose('!', '~').Select(c => (char)c)),
            (3, Gen.Choose(0x300, 0x36F).Select(c => (char)c)),
            (2, Gen.Choose(0x1100, 0x11FF).Select(c => (char)c)),
            (2, Gen.Choose(0xAC00, 0xD7A3).Select(c => (char)c)),
            (1, Gen.Choose(0, 0x20).Select(c => (char)c)),
            (3, Gen.Choose(0, 0xD7FF).Select(c => (char)c)),
            (1, Gen.Choose(0xD800, 0xDFFF).Select(c => (char)c)));
        return character.ArrayOf().Select(characters => new string(characters));
    }
}
