using System.Text.Json;
using Attachments.Domain;
using Attachments.Domain.Records;

namespace Attachments.UnitTests.Records;

public sealed class RecordAttributesTests
{
    [TestCase("12345678901234567890.1234567890123456789")]
    [TestCase("1E400")]
    [TestCase("-0.0")]
    [TestCase("1.10")]
    [TestCase("\"\\\"\\\\\\u0001\"")]
    [TestCase("\"é字\"")]
    [TestCase("[[],{},null,true,false]")]
    [TestCase("{\"\":{\"b\":[1.0]}}")]
    public void Keep_a_value_as_it_was_written(string value) =>
        From($$"""{ "a" : {{value}} }""").Json.ShouldBe($$"""{"a":{{value}}}""");

    // Characters that are one to four bytes as they are, and six or twelve when they are escaped.
    [TestCase("\u007f")]
    [TestCase("\u00a0\u0600\u200b\u2028\ue000\ufeff")]
    [TestCase("😀")]
    [TestCase("<>&'+/\u0060")]
    [TestCase("\\b\\f\\n\\r\\t\\\"\\\\\\u001f")]
    public void Are_never_longer_than_what_was_sent(string text)
    {
        var sent = $$"""{"{{text}}":"{{text}}"}""";
        From(sent).Json.ShouldBe(sent);
    }

    [TestCase("""{"\u0061":"\u00e9\/\u000a\ud83d\ude00\u2028\u001F"}""", """{"a":"é/\n😀\u2028\u001f"}""")]
    public void Are_the_same_however_they_were_escaped(string sent, string kept) =>
        From(sent).ShouldBe(From(kept.Replace(@"\u2028", "\u2028", StringComparison.Ordinal)));

    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("\"x\"")]
    [TestCase("{\"a\":\"\\u0000\"}")]
    [TestCase("{\"a\":[{\"b\\u0000\":1}]}")]
    [TestCase("{\"a\":\"\\ud800\"}")]
    [TestCase("{\"\\udc00\":1}")]
    public void Refuse_what_cannot_be_kept(string json) =>
        Should.Throw<DomainException>(() => From(json)).Code.ShouldBe("attributes_invalid");

    [Test]
    public void Keep_the_last_of_several_members_of_one_name() =>
        From("""{"a":1,"b":{"x":1,"x":2},"a":3}""").Json.ShouldBe("""{"a":3,"b":{"x":2}}""");

    [Test]
    public void Are_changed_member_by_member() =>
        From("""{"a":{"x":1},"b":2,"c":3.0}""").Merge(From("""{"d":1E9,"a":{},"b":null}""")).Json
            .ShouldBe("""{"a":{},"b":null,"c":3.0,"d":1E9}""");

    private static RecordAttributes From(string json) => RecordAttributes.From(JsonElement.Parse(json));
}
