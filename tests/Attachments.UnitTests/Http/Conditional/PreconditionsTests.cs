using Attachments.Api.Http.Conditional;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Http;
using static Attachments.Application.Conditional.PreconditionOutcome;

namespace Attachments.UnitTests.Http.Conditional;

internal sealed class PreconditionsTests
{
    private const string Before = "Sat, 01 Aug 2026 11:59:59 GMT";
    private const string Same = "Sat, 01 Aug 2026 12:00:00 GMT";
    private const string After = "Sat, 01 Aug 2026 12:00:01 GMT";
    private const string Future = "Fri, 01 Jan 2038 00:00:00 GMT";

    private static readonly DateTimeOffset Now = new(2026, 8, 2, 0, 0, 0, TimeSpan.Zero);

    private static readonly CurrentRepresentation Current =
        new(new EntityTag("now"), new DateTimeOffset(2026, 8, 1, 12, 0, 0, 987, TimeSpan.Zero));

    [Test]
    public void Proceeds_without_preconditions() => Read().ShouldBe(Proceed);

    [TestCase("\"now\"", Proceed)]
    [TestCase("\"old\", \"now\"", Proceed)]
    [TestCase("*", Proceed)]
    [TestCase("\"old\"", Failed)]
    [TestCase("W/\"now\"", Failed)]
    [TestCase("", Failed)]
    [TestCase("now", Failed)]
    [TestCase("\"now\", old", Failed)]
    public void Reads_with_If_Match(string value, PreconditionOutcome outcome) => Read(("If-Match", value)).ShouldBe(outcome);

    [TestCase("\"now\"", NotModified)]
    [TestCase("W/\"now\"", NotModified)]
    [TestCase("\"old\", W/\"now\"", NotModified)]
    [TestCase("*", NotModified)]
    [TestCase("\"old\"", Proceed)]
    [TestCase("", Proceed)]
    [TestCase("now", Proceed)]
    [TestCase("\"now\", old", Proceed)]
    public void Reads_with_If_None_Match(string value, PreconditionOutcome outcome) => Read(("If-None-Match", value)).ShouldBe(outcome);

    [TestCase(Before, Proceed)]
    [TestCase(Same, NotModified)]
    [TestCase(After, NotModified)]
    [TestCase(Future, NotModified)]
    [TestCase("Saturday, 01-Aug-26 12:00:00 GMT", NotModified)]
    [TestCase("Sat Aug  1 12:00:00 2026", NotModified)]
    [TestCase("Sat Aug  1 11:59:59 2026", Proceed)]
    [TestCase("tomorrow", Proceed)]
    [TestCase("", Proceed)]
    public void Reads_with_If_Modified_Since(string value, PreconditionOutcome outcome) =>
        Read(("If-Modified-Since", value)).ShouldBe(outcome);

    [TestCase(Before, Failed)]
    [TestCase(Same, Proceed)]
    [TestCase(After, Proceed)]
    [TestCase(Future, Proceed)]
    [TestCase("Saturday, 01-Aug-26 11:59:59 GMT", Failed)]
    [TestCase("yesterday", Proceed)]
    public void Reads_with_If_Unmodified_Since(string value, PreconditionOutcome outcome) =>
        Read(("If-Unmodified-Since", value)).ShouldBe(outcome);

    [Test]
    public void Ignores_a_date_sent_twice()
    {
        var headers = new HeaderDictionary { ["If-Modified-Since"] = new([Same, Same]), ["If-Unmodified-Since"] = new([Before, Before]) };
        PreconditionHeaders.ParseForRead(headers, Now).Evaluate(Current).ShouldBe(Proceed);
    }

    [Test]
    public void Joins_the_lines_of_a_list()
    {
        var headers = new HeaderDictionary { ["If-None-Match"] = new(["\"old\"", "\"now\""]) };
        PreconditionHeaders.ParseForRead(headers, Now).Evaluate(Current).ShouldBe(NotModified);
    }

    [Test]
    public void Prefers_If_Match_to_If_Unmodified_Since()
    {
        Read(("If-Match", "\"now\""), ("If-Unmodified-Since", Before)).ShouldBe(Proceed);
        Read(("If-Match", "\"old\""), ("If-Unmodified-Since", After)).ShouldBe(Failed);
    }

    [Test]
    public void Prefers_If_None_Match_to_If_Modified_Since()
    {
        Read(("If-None-Match", "\"now\""), ("If-Modified-Since", Before)).ShouldBe(NotModified);
        Read(("If-None-Match", "\"old\""), ("If-Modified-Since", After)).ShouldBe(Proceed);
        Read(("If-None-Match", "unreadable"), ("If-Modified-Since", After)).ShouldBe(Proceed);
    }

    [Test]
    public void Asks_for_the_state_meant_before_the_state_known()
    {
        Read(("If-Match", "\"old\""), ("If-None-Match", "\"now\"")).ShouldBe(Failed);
        Read(("If-Match", "\"now\""), ("If-None-Match", "\"now\"")).ShouldBe(NotModified);
        Read(("If-Unmodified-Since", Before), ("If-Modified-Since", After)).ShouldBe(Failed);
        Read(("If-Unmodified-Since", After), ("If-Modified-Since", After)).ShouldBe(NotModified);
    }

    [Test]
    public void Ignores_dates_where_the_resource_has_none()
    {
        var dateless = new CurrentRepresentation(new EntityTag("now"), modifiedAt: null);
        var headers = new HeaderDictionary { ["If-Modified-Since"] = Future, ["If-Unmodified-Since"] = Before };
        PreconditionHeaders.ParseForRead(headers, Now).Evaluate(dateless).ShouldBe(Proceed);
        Should.NotThrow(() => PreconditionHeaders.ParseForWrite(headers, Now).RequireForWrite(dateless));
    }

    [TestCase("If-Match", "\"now\"")]
    [TestCase("If-Match", "*")]
    [TestCase("If-None-Match", "\"old\"")]
    [TestCase("If-Unmodified-Since", Same)]
    [TestCase("If-Unmodified-Since", After)]
    [TestCase("If-Modified-Since", After)]
    [TestCase("If-Modified-Since", "unreadable")]
    public void Writes_where_the_condition_holds(string field, string value) => Should.NotThrow(() => Write(Current, (field, value)));

    [TestCase("If-Match", "\"old\"")]
    [TestCase("If-Match", "W/\"now\"")]
    [TestCase("If-Match", "")]
    [TestCase("If-None-Match", "\"now\"")]
    [TestCase("If-None-Match", "W/\"now\"")]
    [TestCase("If-None-Match", "*")]
    [TestCase("If-Unmodified-Since", Before)]
    public void Refuses_to_write_where_the_condition_fails(string field, string value) =>
        Should.Throw<PreconditionFailedException>(() => Write(Current, (field, value))).Code.ShouldBe("precondition_failed");

    [Test]
    public void Writes_what_is_not_there_unless_If_Match_wants_it()
    {
        Should.NotThrow(() => Write(null));
        Should.NotThrow(() => Write(null, ("If-None-Match", "*")));
        Should.NotThrow(() => Write(null, ("If-None-Match", "\"now\"")));
        Should.NotThrow(() => Write(null, ("If-Unmodified-Since", Before)));
        Should.Throw<PreconditionFailedException>(() => Write(null, ("If-Match", "*")));
        Should.Throw<PreconditionFailedException>(() => Write(null, ("If-Match", "\"now\"")));
    }

    [Test]
    public void Holds_a_write_to_both_lists()
    {
        Should.Throw<PreconditionFailedException>(() => Write(Current, ("If-Match", "\"now\""), ("If-None-Match", "*")));
        Should.NotThrow(() => Write(Current, ("If-Match", "\"now\""), ("If-None-Match", "\"old\"")));
    }

    [TestCase("If-Match", "now")]
    [TestCase("If-Match", "\"now\", old")]
    [TestCase("If-Match", "\"now")]
    [TestCase("If-None-Match", "**")]
    [TestCase("If-None-Match", "\"old\" \"now\"")]
    [TestCase("If-Unmodified-Since", "yesterday")]
    [TestCase("If-Unmodified-Since", "")]
    public void Does_not_write_on_a_condition_it_cannot_read(string field, string value)
    {
        var refusal = Should.Throw<InvalidRequestException>(() => Write(Current, (field, value)));
        refusal.Code.ShouldBe("precondition_invalid");
        refusal.Message.ShouldContain(field);
    }

    [Test]
    public void Prefers_If_Match_to_If_Unmodified_Since_on_writes_whatever_it_says()
    {
        Should.NotThrow(() => Write(Current, ("If-Match", "\"now\""), ("If-Unmodified-Since", Before)));
        Should.NotThrow(() => Write(Current, ("If-Match", "\"now\""), ("If-Unmodified-Since", "yesterday")));
    }

    [Test]
    public void Takes_the_tag_of_a_file_from_its_digest() =>
        CurrentRepresentation.From([0xAB, 0x01], Now).EntityTag.ToString().ShouldBe("\"ab01\"");

    private static PreconditionOutcome Read(params (string Field, string Value)[] fields) =>
        PreconditionHeaders.ParseForRead(Headers(fields), Now).Evaluate(Current);

    private static void Write(CurrentRepresentation? current, params (string Field, string Value)[] fields) =>
        PreconditionHeaders.ParseForWrite(Headers(fields), Now).RequireForWrite(current);

    // Not the dictionary's indexer, which takes an empty value for no field at all.
    private static HeaderDictionary Headers((string Field, string Value)[] fields)
    {
        var headers = new HeaderDictionary();
        foreach (var (field, value) in fields)
        {
            headers.Add(field, value);
        }

        return headers;
    }
}
