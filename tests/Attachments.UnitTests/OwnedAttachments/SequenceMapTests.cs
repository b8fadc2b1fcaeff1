using Attachments.Domain;
using Attachments.Domain.OwnedAttachments;

namespace Attachments.UnitTests.OwnedAttachments;

public sealed class SequenceMapTests
{
    [TestCase("{}")]
    [TestCase("""{"b":1.50,"a":[2e3,null,true],"b":"\ud83d\ude00"}""")]
    [TestCase("{ \"a\" :\n1 }")]
    [TestCase("0")]
    [TestCase("-12345678901234567890123456789")]
    [TestCase("\"pUC19\"")]
    [TestCase("\"\\u00e4\"")]
    public void Keeps_what_was_given_to_the_letter(string json)
    {
        SequenceMap.From(json)!.Json.ShouldBe(json);
        SequenceMap.From($"\t{json} ")!.Json.ShouldBe(json);
    }

    [TestCase("")]
    [TestCase("  ")]
    [TestCase("None")]
    [TestCase("null")]
    [TestCase("\"\"")]
    [TestCase("\"None\"")]
    [TestCase("\"\\u004eone\"")]
    public void Is_none_where_it_is_said_so(string text) => SequenceMap.From(text).ShouldBeNull();

    [TestCase("none")]
    [TestCase("pUC19")]
    [TestCase("[]")]
    [TestCase("true")]
    [TestCase("1.0")]
    [TestCase("1e3")]
    [TestCase("01")]
    [TestCase("{\"a\":}")]
    [TestCase("{}//")]
    [TestCase("\"\\ud800\"")]
    [TestCase("""{"a":["\ud800"]}""")]
    [TestCase("""{"a":{"\udc00":1}}""")]
    [TestCase("\0")]
    public void Is_nothing_else(string text) =>
        Should.Throw<DomainException>(() => SequenceMap.From(text)).Code.ShouldBe("sequence_map_invalid");

    [Test]
    public void Is_well_formed() =>
        Should.Throw<DomainException>(() => SequenceMap.From("\"\ud800\"")).Code.ShouldBe("sequence_map_invalid");

    [Test]
    public void Has_a_longest_length()
    {
        var longest = $"\"{new string('a', SequenceMap.MaxLength - 2)}\"";
        SequenceMap.From(longest)!.Json.Length.ShouldBe(SequenceMap.MaxLength);
        Should.Throw<DomainException>(() => SequenceMap.From(longest + " ")).Code.ShouldBe("sequence_map_invalid");
    }

    [Test]
    public void Has_a_greatest_depth()
    {
        SequenceMap.From(Nested(SequenceMap.MaxDepth))!.Json.ShouldBe(Nested(SequenceMap.MaxDepth));
        Should.Throw<DomainException>(() => SequenceMap.From(Nested(SequenceMap.MaxDepth + 1))).Code.ShouldBe("sequence_map_invalid");

        static string Nested(int depth) => $"{{\"a\":{new string('[', depth - 1)}{new string(']', depth - 1)}}}";
    }

    [Test]
    public void Deep_nesting_is_refused_not_followed() =>
        Should.Throw<DomainException>(() => SequenceMap.From(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))))
            .Code.ShouldBe("sequence_map_invalid");
}
