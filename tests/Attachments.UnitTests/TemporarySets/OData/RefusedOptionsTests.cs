using Attachments.Application.Errors;

namespace Attachments.UnitTests.TemporarySets.OData;

public sealed class RefusedOptionsTests
{
    // What does not end, or stands where it must not.
    [TestCase("   ", 4, "found the end")]
    [TestCase("Name", 1, "expected a condition, found a string")]
    [TestCase("12", 1, "expected a condition, found a number")]
    [TestCase("null", 1, "expected a condition, found null")]
    [TestCase("Name eq", 8, "found the end")]
    [TestCase("Name eq 'x", 9, "this quotation mark is not closed")]
    [TestCase("Name eq 'x''", 9, "this quotation mark is not closed")]
    [TestCase("Name eq \"x\"", 9, "has no meaning here")]
    [TestCase("Name 'x'", 6, "expected an operator (eq, ne, gt, ge, lt, le, in, and, or) or the end, found \"'x'\"")]
    [TestCase("Name eq 'x' 'y'", 13, "expected an operator")]
    [TestCase("Name eq 'x')", 12, "expected an operator")]
    [TestCase("(Name eq 'x'", 13, "or ')', found the end")]
    [TestCase("()", 2, "expected a field, a function or a literal, found \")\"")]
    [TestCase("Name eq 'x' and", 16, "found the end")]
    [TestCase("and Name eq 'x'", 5, "expected an operator")]
    [TestCase("Name eq eq 'x'", 12, "expected an operator")]
    [TestCase("Name = 'x'", 6, "\"=\" has no meaning here")]
    [TestCase("Name eq 'x' && Size eq 1", 13, "\"&\" has no meaning here")]
    [TestCase("Name AND Size", 6, "expected an operator")]
    [TestCase("Name eq '😀' ; 1", 13, "\";\" has no meaning here")]
    [TestCase("Name eq 'x'\n", 12, "has no meaning here")]
    [TestCase("Name,Size", 5, "expected an operator")]

    // Unknown names.
    [TestCase("Foo eq 1", 1, "unknown field \"Foo\"; the fields are Id, Name, CreatedAt, Size")]
    [TestCase("name eq 'x'", 1, "unknown field \"name\"")]
    [TestCase("Size gt 1 and Self eq 'x'", 15, "unknown field \"Self\"")]
    [TestCase("concat(Name,'x') eq 'x'", 1, "unknown function \"concat\"; the functions are contains, ")]
    [TestCase("Contains(Name,'x')", 1, "unknown function \"Contains\"")]
    [TestCase("Name(1)", 1, "unknown function \"Name\"")]
    [TestCase("Set/Name eq 'x'", 4, "\"/\" has no meaning here")]
    [TestCase("Items/any(x: x eq 1)", 6, "\"/\" has no meaning here")]
    [TestCase("$it/Name eq 'x'", 1, "\"$\" has no meaning here")]
    [TestCase("Name eq @p", 9, "\"@\" has no meaning here")]

    // There is no arithmetic.
    [TestCase("Size div 0 eq 1", 6, "found \"div\"")]
    [TestCase("Size add 1 gt 2", 6, "found \"add\"")]
    [TestCase("(Size mod 2) eq 0", 7, "found \"mod\"")]
    [TestCase("Size gt 1 sub 1", 11, "found \"sub\"")]
    [TestCase("-Size lt 0", 1, "\"-Size\" is not a number, date-time or GUID; arithmetic is not supported")]
    [TestCase("Size gt 5-3", 9, "\"5-3\" is not a number")]
    [TestCase("Name has 'x'", 6, "found \"has\"")]

    // Types.
    [TestCase("Size eq '1'", 6, "a number and a string cannot be compared")]
    [TestCase("Name eq 1", 6, "a string and a number cannot be compared")]
    [TestCase("Id eq '4bb709c2-e0e7-4af3-9f60-a045016a9610'", 4, "a GUID and a string cannot be compared")]
    [TestCase("CreatedAt gt '2015-12-16'", 11, "a date-time and a string cannot be compared")]
    [TestCase("Size gt 1 eq 1", 11, "a condition and a number cannot be compared")]
    [TestCase("1 lt Size lt 3", 11, "a condition and a number cannot be compared")]
    [TestCase("true gt false", 6, "conditions have no order")]
    [TestCase("not Size eq 1", 5, "not takes a condition, such as a comparison in parentheses, found a number")]
    [TestCase("not null", 5, "not takes a condition")]
    [TestCase("Size and true", 1, "and takes conditions, found a number")]
    [TestCase("true or null", 9, "or takes conditions, found null")]
    [TestCase("contains(Size,'x')", 10, "contains takes a string, found a number")]
    [TestCase("contains(null,'x')", 10, "contains takes a string, found null")]
    [TestCase("contains(Name)", 1, "contains takes 2 argument(s), not 1")]
    [TestCase("length() eq 1", 1, "length takes 1 argument(s), not 0")]
    [TestCase("year(Name) eq 1", 6, "year takes a date-time, found a string")]
    [TestCase("contains(Name,'x'", 18, "expected ',' or ')', found the end")]
    [TestCase("contains(Name,)", 15, "expected a field, a function or a literal")]
    [TestCase("Name in ('a',1)", 14, "a string and a number cannot be compared")]
    [TestCase("Name in ()", 10, "expected a literal, found \")\"")]
    [TestCase("Name in (Name)", 10, "expected a literal, found \"Name\"")]
    [TestCase("Name in 'a'", 9, "expected '(' and a list of literals")]
    [TestCase("Name in ('a'", 13, "expected ',' or ')'")]
    [TestCase("true in (true)", 6, "in takes a string, a number, a date-time or a GUID")]

    // Literals.
    [TestCase("Size eq 1.", 9, "\"1.\" is not a number")]
    [TestCase("Size eq .5", 9, "\".\" has no meaning here")]
    [TestCase("Size eq 1.5L", 9, "is not a number")]
    [TestCase("Size eq 1e9999", 9, "is not a number")]
    [TestCase("Size eq 0x10", 9, "is not a number")]
    [TestCase("Size eq ١", 9, "has no meaning here")]
    [TestCase("Size eq INF", 9, "unknown field \"INF\"")]
    [TestCase("CreatedAt eq datetime'yesterday'", 23, "\"yesterday\" is not a valid datetime; expected yyyy-mm-ddThh:mm:ss")]
    [TestCase("CreatedAt eq datetime'2015-02-29T00:00:00'", 23, "is not a valid datetime")]
    [TestCase("CreatedAt eq 2015-12-16T24:00:00Z", 14, "is not a number, date-time or GUID")]
    [TestCase("CreatedAt eq 2015-12-16T23:59:60Z", 14, "is not a number")]
    [TestCase("CreatedAt eq 0001-01-01T00:00:00+01:00", 14, "is not a number")]
    [TestCase("CreatedAt eq 9999-12-31T23:59:59-00:01", 14, "is not a number")]
    [TestCase("CreatedAt eq 2015-12-16T07:40:18 25:00", 34, "is not a number, date-time or GUID")]
    [TestCase("CreatedAt eq 2015-12-16T07:40:18  01:00", 35, "is not a number, date-time or GUID")]
    [TestCase("CreatedAt eq 2015-12-16T07:40:18Z 01:00", 35, "is not a number, date-time or GUID")]
    [TestCase("CreatedAt eq datetime'2015-12-16 07:40:18'", 23, "is not a valid datetime")]
    [TestCase("Size eq 1 5", 11, "expected")]
    [TestCase("Id eq guid'x'", 12, "\"x\" is not a valid guid; expected 8-4-4-4-12 hexadecimal digits")]
    [TestCase("Id eq guid'0x4bb709-e0e7-4af3-9f60-a045016a9610'", 12, "is not a valid guid")]
    [TestCase("Id eq guid'4bb709c2", 11, "this quotation mark is not closed")]
    [TestCase("Id eq 4bb709c2-e0e7", 7, "is not a number, date-time or GUID")]
    [TestCase("Size eq time'PT1H'", 9, "there are no literals of the type \"time\"")]
    [TestCase("Name eq'x'", 6, "there are no literals of the type \"eq\"")]
    [TestCase("Name eq 'a\0b'", 11, "a string must not hold U+0000")]
    public void A_bad_filter_is_told_with_the_character_where_it_goes_wrong(string filter, int character, string fault)
    {
        var error = Should.Throw<InvalidRequestException>(() => Listed.Query(("$filter", filter)));
        error.Code.ShouldBe("odata_invalid");
        error.Message.ShouldStartWith($"$filter, character {character}: ");
        error.Message.ShouldContain(fault);
        error.Errors!.Keys.ShouldBe(["$filter"]);
    }

    // An attribute cannot hold a lone surrogate.
    private static IEnumerable<TestCaseData> IllFormed() =>
    [
        new TestCaseData("Name eq '😀\ud800'", 11).SetArgDisplayNames("a first half at the end"),
        new TestCaseData("Name eq 'a\ud800b'", 11).SetArgDisplayNames("a first half before a letter"),
        new TestCaseData("Name eq '\udc00\ud800'", 10).SetArgDisplayNames("halves the wrong way round"),
    ];

    [TestCaseSource(nameof(IllFormed))]
    public void A_string_of_half_characters_is_refused(string filter, int character) =>
        Should.Throw<InvalidRequestException>(() => Listed.Query(("$filter", filter))).Message
            .ShouldBe($"$filter, character {character}: the string is not well-formed Unicode.");

    [TestCase("Foo", 1, "unknown field \"Foo\"")]
    [TestCase("Name,", 6, "expected a field")]
    [TestCase(",Name", 1, "expected a field")]
    [TestCase("Name up", 6, "expected asc, desc, ',' or the end, found \"up\"")]
    [TestCase("Name desc asc", 11, "expected asc, desc, ',' or the end")]
    [TestCase("Name DESC", 6, "found \"DESC\"")]
    [TestCase("Name;Size", 5, "\";\" has no meaning here")]
    [TestCase("'x'", 1, "found a constant")]
    [TestCase("Size, 12", 7, "found a constant")]
    [TestCase("tolower('X')", 1, "found a constant")]
    [TestCase("Size, year(2015-12-16)", 7, "found a constant")]
    [TestCase("(tolower('X') eq 'x')", 15, "found a constant")]
    [TestCase("length(Size)", 8, "length takes a string, found a number")]
    [TestCase("Size add 1", 6, "found \"add\"")]
    public void A_bad_order_is_told_with_the_character_where_it_goes_wrong(string orderBy, int character, string fault)
    {
        var error = Should.Throw<InvalidRequestException>(() => Listed.Query(("$orderby", orderBy)));
        error.Message.ShouldStartWith($"$orderby, character {character}: ");
        error.Message.ShouldContain(fault);
    }

    [TestCase("$top", "-1", "must not be negative")]
    [TestCase("$skip", "-1", "must not be negative")]
    [TestCase("$take", "-9223372036854775809", "must not be negative")]
    [TestCase("$top", "1.0", "expected a whole number")]
    [TestCase("$top", " 1", "expected a whole number")]
    [TestCase("$top", "+1", "expected a whole number")]
    [TestCase("$top", "1\0", "expected a whole number")]
    [TestCase("$skip", "0x1", "expected a whole number")]
    [TestCase("$skip", "٣", "expected a whole number")]
    [TestCase("$skip", "9223372036854775808", "of at most 9223372036854775807")]
    [TestCase("$inlinecount", "AllPages", "expected none or allpages")]
    [TestCase("$inlinecount", "true", "expected none or allpages")]
    [TestCase("$count", "True", "expected true or false")]
    [TestCase("$count", "allpages", "expected true or false")]
    [TestCase("$count", "1", "expected true or false")]
    [TestCase("$format", "atom", "expected json")]
    [TestCase("$format", "application/xml", "expected json")]
    [TestCase("format", "jsonp", "expected json")]
    [TestCase("top", "-1", "must not be negative")]
    public void A_bad_number_or_word_is_told(string name, string text, string fault)
    {
        var error = Should.Throw<InvalidRequestException>(() => Listed.Query((name, text)));
        error.Message.ShouldStartWith($"{name}, character 1: ");
        error.Message.ShouldContain(fault);
    }

    [TestCase("$expand")]
    [TestCase("$search")]
    [TestCase("$apply")]
    [TestCase("$$filter")]
    [TestCase("$")]
    [TestCase("")]
    [TestCase("expand")]
    [TestCase("fitler")]
    [TestCase("@p")]
    [TestCase("api-version")]
    public void An_option_that_is_not_known_is_refused_by_its_name(string name)
    {
        var error = Should.Throw<InvalidRequestException>(() => Listed.Query((name, "x")));
        error.Message.ShouldStartWith($"\"{name}\", this option is not supported; the options are $filter, $orderby,");
    }

    [TestCase("$filter", "true")]
    [TestCase("$top", "1")]
    [TestCase("filter", "true")]
    public void An_option_sent_twice_is_refused(string name, string text) =>
        Should.Throw<InvalidRequestException>(() => Listed.Query((name, text), (name, text))).Message
            .ShouldBe($"{name}, it was sent more than once.");

    [TestCase("$filter", "filter")]
    [TestCase("FILTER", "$filter")]
    public void An_option_sent_in_two_spellings_is_refused(string first, string second) =>
        Should.Throw<InvalidRequestException>(() => Listed.Query((first, "true"), (second, "true"))).Message
            .ShouldBe($"{second}, it was sent more than once.");

    [TestCase("Foo", 1, "unknown field \"Foo\"; the fields are Id, Name, CreatedAt, Size")]
    [TestCase("Name,name", 6, "unknown field \"name\"")]
    [TestCase("Name,,Size", 6, "expected a field, found \",\"")]
    [TestCase("Name,", 6, "expected a field, found the end")]
    [TestCase(" ", 2, "expected a field, found the end")]
    [TestCase("Name Size", 6, "expected ',' or the end, found \"Size\"")]
    [TestCase("length(Name)", 7, "expected ',' or the end, found \"(\"")]
    [TestCase("'x'", 1, "expected a field")]
    [TestCase("Name/Size", 5, "\"/\" has no meaning here")]
    public void A_bad_selection_is_told_with_the_character_where_it_goes_wrong(string select, int character, string fault)
    {
        var error = Should.Throw<InvalidRequestException>(() => Listed.Query(("$select", select)));
        error.Message.ShouldStartWith($"$select, character {character}: ");
        error.Message.ShouldContain(fault);
    }

    [Test]
    public void What_is_quoted_is_cut_and_holds_nothing_that_does_not_print()
    {
        var error = Should.Throw<InvalidRequestException>(() => Listed.Query(("$top", "\u202E\ud800\n" + new string('x', 8000))));
        error.Message.ShouldEndWith($"found \"\uFFFD\uFFFD\uFFFD{new string('x', 37)}…\".");
    }

    private static IEnumerable<TestCaseData> Immense() =>
    [
        new("a megabyte", "Name eq '" + new string('x', 1 << 20) + "'", "it is longer than 8192 characters"),
        new("10,000 parentheses", Repeated("(", 10_000) + "true" + Repeated(")", 10_000), "it is longer than 8192 characters"),
        new("parentheses", Repeated("(", 4000) + "true", "character 101: the nesting is deeper than 100 levels"),
        new("10,000 negations", Repeated("not ", 10_000) + "true", "it is longer than 8192 characters"),
        new("negations", Repeated("not ", 2000) + "true", "character 401: the nesting is deeper than 100 levels"),
        new("functions", Repeated("trim(", 1600), "character 101: at most 20 functions are allowed"),
        new("functions in terms", Repeated("length(Name) eq 1 or ", 21) + "true", "character 421: at most 20 functions"),
        new("10,000 terms", Repeated("Size eq 1 and ", 10_000) + "true", "it is longer than 8192 characters"),
        new("terms", Repeated("1 eq 1 or ", 800) + "true", "character 2003: at most 200 comparisons are allowed"),
        new("comparisons of comparisons", "true" + Repeated(" eq true", 1000), "at most 200 comparisons are allowed"),
        new("a list", "Size in (1" + Repeated(",1", 2000) + ")", "at most 1000 literals in a list"),
        new("lists", Repeated("1 in (1) or ", 600) + "true", "at most 200 comparisons are allowed"),
        new("a division by zero", "Size div 0 eq 1", "character 6: "),
    ];

    [TestCaseSource(nameof(Immense))]
    public void What_is_immense_is_refused_before_it_is_worked_on(string what, string filter, string fault) =>
        Should.Throw<InvalidRequestException>(() => Listed.Query(("$filter", filter)), what).Message.ShouldContain(fault);

    [Test]
    public void Too_many_terms_of_an_order_are_refused() =>
        Should.Throw<InvalidRequestException>(() => Listed.Query(("$orderby", string.Join(',', Enumerable.Repeat("Name", 17)))))
            .Message.ShouldContain("character 80: at most 16 terms");

    private static string Repeated(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
