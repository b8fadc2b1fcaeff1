using System.Globalization;
using System.Text.RegularExpressions;
using Attachments.Api.Http.Fields;

namespace Attachments.UnitTests.Http.Fields;

/// <summary>Items of structured fields (RFC 9651, section 4.2.3): booleans and integers are told from everything else.</summary>
[TestFixture]
internal sealed partial class StructuredFieldTests
{
    [TestCase("?1", true)]
    [TestCase("?0", false)]
    [TestCase(" ?1 ", true)]
    [TestCase("?1;a", true)]
    [TestCase("?1; a=1;b=?0", true)]
    [TestCase("?0;a=\"x;y\"", false)]
    [TestCase("?0;a=:AA==:", false)]
    [TestCase("?2", null)]
    [TestCase("?", null)]
    [TestCase("?01", null)]
    [TestCase("?1,", null)]
    [TestCase("?1, ?1", null)]
    [TestCase("?1 ?0", null)]
    [TestCase("1", null)]
    [TestCase("true", null)]
    [TestCase("", null)]
    [TestCase("?1;", null)]
    [TestCase("?1;A", null)]
    [TestCase("?1 ;a", null)]
    [TestCase("\t?1", null)]
    [TestCase("(?1)", null)]
    public void Reads_booleans(string field, bool? expected) => StructuredField.ParseItem(field)?.Boolean.ShouldBe(expected);

    [TestCase("0", 0L)]
    [TestCase("-0", 0L)]
    [TestCase("007", 7L)]
    [TestCase("-42", -42L)]
    [TestCase("999999999999999", 999_999_999_999_999L)]
    [TestCase("1000000000000000", null)]
    [TestCase("1.0", null)]
    [TestCase("1.", null)]
    [TestCase("+1", null)]
    [TestCase("--1", null)]
    [TestCase("-", null)]
    [TestCase("1 2", null)]
    [TestCase("1, 2", null)]
    [TestCase("0x1", null)]
    [TestCase("\u0661", null)]
    [TestCase("@1", null)]
    [TestCase("\"1\"", null)]
    public void Reads_integers(string field, long? expected) => StructuredField.ParseItem(field)?.Integer.ShouldBe(expected);

    [TestCase("?1,")]
    [TestCase("?1;")]
    [TestCase("1, 2")]
    [TestCase("a, b")]
    [TestCase("")]
    public void Tells_what_is_no_item(string field) => StructuredField.ParseItem(field).ShouldBeNull();

    /// <summary>Against the grammar, written once more as a regular expression.</summary>
    [Test]
    public void Agrees_with_the_grammar_on_random_text([Random(1, int.MaxValue, 1)] int seed)
    {
        const string Letters = "??0011-9;;a=*, \"(";
        var random = new Random(seed);
        for (var i = 0; i < 200_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(8)).Select(_ => Letters[random.Next(Letters.Length)])]);
            var item = StructuredField.ParseItem(text);
            item?.Boolean.ShouldBe(Read(Boolean().Match(text), value => value == "?1"), $"seed {seed}: '{text}'");
            item?.Integer.ShouldBe(Read(Integer().Match(text), value => long.Parse(value, CultureInfo.InvariantCulture)), $"seed {seed}: '{text}'");
            (item is { Boolean: not null } or { Integer: not null }).ShouldBe(
                Boolean().IsMatch(text) || Integer().IsMatch(text), $"seed {seed}: '{text}'");
        }

        static T? Read<T>(Match match, Func<string, T> parse)
            where T : struct => match.Success ? parse(match.Groups["value"].Value) : null;
    }

    [GeneratedRegex($@"\A *(?<value>\?[01]){Parameters} *\z")]
    private static partial Regex Boolean();

    [GeneratedRegex($@"\A *(?<value>-?[0-9]{{1,15}}){Parameters} *\z")]
    private static partial Regex Integer();

    private const string Parameters = @"(; *[a*][a019*-]*(=(\?[01]|-?[0-9]{1,15}|""[^""]*""|[a*][a019*-]*))?)*";
}
