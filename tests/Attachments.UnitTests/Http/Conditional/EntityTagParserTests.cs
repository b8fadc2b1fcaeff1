using System.Text.RegularExpressions;
using Attachments.Api.Http.Conditional;
using Attachments.Application.Conditional;
using Attachments.Testing.Http;
using FsCheck;
using FsCheck.Fluent;

namespace Attachments.UnitTests.Http.Conditional;

internal sealed class EntityTagParserTests
{
    [TestCase("\"a\"", "a")]
    [TestCase("\"\"", "")]
    [TestCase("\"a,b\"", "a,b")]
    [TestCase("\"W/\"", "W/")]
    [TestCase("\"*\"", "*")]
    [TestCase("\"a\\\"", "a\\")]
    [TestCase("\"\u00e9\u20ac\"", "\u00e9\u20ac")]
    [TestCase("\"!#~\"", "!#~")]
    public void Reads_a_strong_tag(string value, string opaque) => EntityTagParser.ParseSingle(value).ShouldBe(new EntityTag(opaque));

    [Test]
    public void Reads_a_weak_tag() => EntityTagParser.ParseSingle("W/\"a\"").ShouldBe(new EntityTag("a", IsWeak: true));

    [TestCase("")]
    [TestCase("a")]
    [TestCase("\"")]
    [TestCase("\"a")]
    [TestCase("a\"")]
    [TestCase("'a'")]
    [TestCase("w/\"a\"")]
    [TestCase("W\"a\"")]
    [TestCase("W/ \"a\"")]
    [TestCase("W/")]
    [TestCase("\"a b\"")]
    [TestCase("\"a\tb\"")]
    [TestCase("\"a\u007f\"")]
    [TestCase("\"a\0\"")]
    [TestCase("\"a\", \"b\"")]
    [TestCase("\"a\",")]
    [TestCase("*")]
    public void Reads_no_tag_from_anything_else(string value) => EntityTagParser.ParseSingle(value).ShouldBeNull();

    [TestCase("\"a\"")]
    [TestCase("\"x\", \"a\"")]
    [TestCase("\"a\",\"x\"")]
    [TestCase(",\"a\"")]
    [TestCase(" , ,\t\"a\" ,, ")]
    [TestCase("W/\"x\",\"a\"")]
    public void Finds_a_tag_in_a_list(string value) => EntityTagParser.ParseCondition(value)!.MatchesStrongly(With("a")).ShouldBeTrue();

    [Test]
    public void Keeps_a_tag_with_a_comma_whole()
    {
        var condition = EntityTagParser.ParseCondition("\"a,b\", \"c\"")!;
        condition.MatchesStrongly(With("a,b")).ShouldBeTrue();
        condition.MatchesStrongly(With("c")).ShouldBeTrue();
        condition.MatchesStrongly(With("a")).ShouldBeFalse();
    }

    [Test]
    public void Names_a_weak_tag_weakly_only()
    {
        var condition = EntityTagParser.ParseCondition("W/\"a\"")!;
        condition.MatchesWeakly(With("a")).ShouldBeTrue();
        condition.MatchesStrongly(With("a")).ShouldBeFalse();
    }

    [Test]
    public void Tells_tags_apart_by_case() => EntityTagParser.ParseCondition("\"A\"")!.MatchesWeakly(With("a")).ShouldBeFalse();

    [Test]
    public void Names_whatever_there_is_by_an_asterisk()
    {
        var any = EntityTagParser.ParseCondition("*")!;
        any.MatchesStrongly(With("a")).ShouldBeTrue();
        any.MatchesWeakly(With("a")).ShouldBeTrue();
        any.MatchesStrongly(new CurrentRepresentation(entityTag: null, modifiedAt: null)).ShouldBeTrue();
        any.MatchesWeakly(null).ShouldBeFalse();
    }

    [TestCase("")]
    [TestCase(",")]
    [TestCase(", ,")]
    public void Names_nothing_by_an_empty_list(string value) =>
        EntityTagParser.ParseCondition(value)!.MatchesWeakly(With("a")).ShouldBeFalse();

    [Test]
    public void Names_nothing_that_has_no_tag_by_a_list() =>
        EntityTagParser.ParseCondition("\"a\"")!.MatchesWeakly(
            new CurrentRepresentation(entityTag: null, modifiedAt: null)).ShouldBeFalse();

    [TestCase("a")]
    [TestCase("\"a\" \"b\"")]
    [TestCase("\"a\"\"b\"")]
    [TestCase("\"a\";\"b\"")]
    [TestCase("\"a\", b")]
    [TestCase("\"a\", \"b")]
    [TestCase("*, \"a\"")]
    [TestCase("\"a\", *")]
    [TestCase("**")]
    [TestCase("W/*")]
    public void Reads_no_list_from_anything_else(string value) => EntityTagParser.ParseCondition(value).ShouldBeNull();

    [FsCheck.NUnit.Property(MaxTest = 5000)]
    public Property Agrees_with_the_grammar() => Prop.ForAll(
        Values().ToArbitrary(),
        value =>
        {
            var (condition, model) = (EntityTagParser.ParseCondition(value), Model(value));
            (condition is null).ShouldBe(model is null, value);
            foreach (var opaque in (string[])["a", "b", "a,b", "W/", string.Empty])
            {
                condition?.MatchesStrongly(With(opaque)).ShouldBe(model!.Contains($"\"{opaque}\""), value);
                condition?.MatchesWeakly(With(opaque))
                    .ShouldBe(model!.Contains($"\"{opaque}\"") || model.Contains($"W/\"{opaque}\""), value);
            }
        });

    [FsCheck.NUnit.Property(MaxTest = 5000)]
    public Property Agrees_with_the_grammar_on_a_single_tag() => Prop.ForAll(
        Values().ToArbitrary(),
        value => EntityTagParser.ParseSingle(value)?.ToString().ShouldBe(Model(value) is [var tag] && tag == value ? value : null, value));

    private static Gen<string> Values()
    {
        string[] valid = ["\"a\"", "W/\"a\"", "\"a\", \"b\"", ",\"a\" ,\t, W/\"b\"", "\"a,b\"", "\"\"", "", "\"W/\",\"a\""];
        string[] alphabet = ["\"", "W/", "\"a\"", "\"b\"", ",", " ", "\t", "a", "b", "w", "/", "W", "\u00e9", "\u007f", "\n"];
        return MutatedText.Mutate(valid, alphabet).Select(value => value.Trim(' ', '\t'));
    }

    // Written from the grammar of RFC 9110, sections 5.6.1.2 and 8.8.3: the tags as they stand, null where it is no list of them.
    private static string[]? Model(string value)
    {
        const string tag = "(?<tag>(?:W/)?\"[\\x21\\x23-\\x7E\\x80-\\uFFFF]*\")";
        var match = Regex.Match(value, $@"\A(?:{tag})?(?:[ \t]*,[ \t]*(?:{tag})?)*\z", RegexOptions.CultureInvariant);
        return match.Success ? [.. match.Groups["tag"].Captures.Select(capture => capture.Value)] : null;
    }

    private static CurrentRepresentation With(string opaque) => new(new EntityTag(opaque), DateTimeOffset.UnixEpoch);
}
