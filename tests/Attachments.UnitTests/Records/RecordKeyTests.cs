using Attachments.Domain;
using Attachments.Domain.Records;

namespace Attachments.UnitTests.Records;

public sealed class RecordKeyTests
{
    [TestCase("Contract/57", "Contract", "57")]
    [TestCase("a/b/c", "a/b", "c")]
    [TestCase("//x", "/", "x")]
    [TestCase("e\u0301/o\u0308", "\u00e9", "\u00f6")]
    public void Ends_at_the_last_slash(string text, string formType, string recordId)
    {
        var key = RecordKey.Parse(text);
        key.ShouldBe(RecordKey.Create(formType, recordId));
        key.ToString().ShouldBe($"{formType}/{recordId}");
    }

    [TestCase("57")]
    [TestCase("")]
    [TestCase("Contract/")]
    [TestCase("/57")]
    [TestCase("Contract/..")]
    [TestCase("./57")]
    [TestCase("Contract/5\u00857")]
    [TestCase("Con\\tract/57")]
    [TestCase("Contract/\ufffe")]
    public void Refuses_what_names_no_record(string text) =>
        Should.Throw<DomainException>(() => RecordKey.Parse(text)).Code.ShouldBe("id_invalid");

    [TestCase("e\u0301/57", true)]
    [TestCase("\u00e9/57", true)]
    [TestCase("\u00e9/58", false)]
    [TestCase("57", true)]
    [TestCase("58", false)]
    [TestCase("", false)]
    [TestCase("../57", false)]
    [TestCase("\u00e9/\ufffe", false)]
    public void Is_named_by_its_text_in_either_form(string text, bool expected) =>
        RecordKey.Create("\u00e9", "57").Matches(text).ShouldBe(expected);

    [Test]
    public void Counts_characters_and_not_their_code_units()
    {
        RecordKey.Create("f", string.Concat(Enumerable.Repeat("😀", 100))).RecordId.Length.ShouldBe(200);
        Should.Throw<DomainException>(() => RecordKey.Create("f", new string('x', 101))).Code.ShouldBe("record_id_invalid");
        Should.Throw<DomainException>(() => RecordKey.Create(new string('x', 256), "1")).Code.ShouldBe("form_type_invalid");
    }

    [TestCase("f", "f/57")]
    [TestCase("a/b", "a/b/57")]
    [TestCase("\u00e9", "e\u0301/57")]
    public void Is_created_from_its_whole_id_too(string formType, string recordId) =>
        RecordKey.Create(formType, recordId).ShouldBe(RecordKey.Create(formType, "57"));

    [TestCase("a/b", "b/57")]
    [TestCase("b", "a/b/57")]
    [TestCase("f", "f/")]
    public void Is_not_created_from_the_whole_id_of_another(string formType, string recordId) =>
        Should.Throw<DomainException>(() => RecordKey.Create(formType, recordId)).Code.ShouldBe("record_id_invalid");

    [Test]
    public void Has_no_slash_in_its_id() =>
        Should.Throw<DomainException>(() => RecordKey.Create("f", "a/b")).Code.ShouldBe("record_id_invalid");
}
