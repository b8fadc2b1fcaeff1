using Attachments.Application.Errors;
using FsCheck.Fluent;

namespace Attachments.UnitTests.TemporarySets.OData;

public sealed class ODataQueryTests
{
    private static readonly string[] Tokens =
    [
        "(", ")", ",", "eq", "ne", "gt", "le", "and", "or", "not", "in", "asc", "desc", "Name", "Size", "Id", "CreatedAt", "Foo", "null",
        "true", "'x'", "''", "'", "1", "-1", "1.5M", "9e99", "99999999999999999999", "2015-12-16", "datetime'2015-12-16T07:40:18'", "guid'",
        "contains",
        "substringof", "length", "tolower", "year", "second", "4bb709c2-e0e7-4af3-9f60-a045016a9610", "\ud800", "\0", "😀", "-", ".", "$",
    ];

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public void Any_text_is_read_or_refused(string? text) => IsReadOrRefused(text ?? "");

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public FsCheck.Property Any_row_of_tokens_is_read_or_refused() =>
        Prop.ForAll(Gen.Elements(Tokens).ArrayOf().ToArbitrary(), tokens => IsReadOrRefused(string.Join(' ', tokens)));

    [TestCase("true or false and false", true)]
    [TestCase("(true or false) and false", false)]
    [TestCase("false and false or true", true)]
    [TestCase("not false and false", false)]
    [TestCase("not (false and false)", true)]
    [TestCase("not true eq false", true)]
    [TestCase("not true or true", true)]
    [TestCase("1 lt 2 eq true", true)]
    [TestCase("true eq 1 lt 2", true)]
    [TestCase("false eq false eq false", false)]
    [TestCase("true ne true ne true", true)]
    [TestCase("not 1 in (2)", true)]
    [TestCase("1 in (1) eq false", false)]
    [TestCase("1 eq 1 and 2 eq 2 or 1 eq 2", true)]
    public void Operators_bind_as_OData_says(string filter, bool passes) =>
        Listed.Query(("$filter", filter)).Filter(Some()).Any().ShouldBe(passes);

    [TestCase("Size gt 9223372036854775806.99999999999999999999", true)]
    [TestCase("Size ge 9223372036854775807.00000000000000000001", false)]
    [TestCase("Size eq 9223372036854775807L", true)]
    [TestCase("Size lt 9223372036854775808", true)]
    [TestCase("Size eq 9223372036854775807.5", false)]
    [TestCase("Size eq 9.223372036854775807E18", true)]
    [TestCase("Size eq 9223372036854775807000e-3", true)]
    [TestCase("-9223372036854775809 lt Size", true)]
    [TestCase("Size gt +1e400", false)]
    [TestCase("0.1 eq 0.10d", true)]
    [TestCase("-0.5 lt -0.25f", true)]
    public void Numbers_are_compared_by_value(string filter, bool passes) =>
        Listed.Query(("$filter", filter)).Filter(Some()).Any().ShouldBe(passes);

    /// <summary>In a query, an unencoded plus is a space.</summary>
    [TestCase("CreatedAt eq 1970-01-01T02:00:00 02:00", true)]
    [TestCase("CreatedAt eq 1970-01-01T02:00 02:00", true)]
    [TestCase("CreatedAt eq 1970-01-01T14:00:00.000 14:00 and Size gt 0", true)]
    [TestCase("(CreatedAt eq 1970-01-01T02:00:00 02:00)", true)]
    [TestCase("1970-01-01T02:00:00 02:00 eq CreatedAt", true)]
    [TestCase("CreatedAt in (1970-01-01T02:00:00 02:00,1971-01-01T02:00:00 02:00)", true)]
    [TestCase("CreatedAt eq datetimeoffset'1970-01-01T02:00:00 02:00'", true)]
    [TestCase("CreatedAt lt 1970-01-01T02:00:00 02:01", false)]
    [TestCase("CreatedAt eq 1970-01-01T02:00:00", false)]
    [TestCase("Size eq 9.223372036854775807E 18", true)]
    [TestCase("CreatedAt eq 1970-01-01T00:00:00 and 1e 3 eq 1000", true)]
    public void A_space_where_only_a_plus_can_be_is_one(string filter, bool passes) =>
        Listed.Query(("$filter", filter)).Filter(Some()).Any().ShouldBe(passes);

    [Test]
    public void A_field_that_is_not_asked_for_decides_nothing()
    {
        var query = Listed.Query();
        query.Filter(Some()).Count().ShouldBe(1);
        query.Skip.ShouldBeNull();
        query.Top.ShouldBeNull();
        query.CountsAll.ShouldBeFalse();
    }

    [TestCase("none", false)]
    [TestCase("allpages", true)]
    public void Inlinecount_asks_for_the_number_of_all_items(string text, bool countsAll) =>
        Listed.Query(("$inlinecount", text)).CountsAll.ShouldBe(countsAll);

    [TestCase("true", true)]
    [TestCase("false", false)]
    public void Count_asks_for_it_as_OData_4_names_it(string text, bool counts)
    {
        var query = Listed.Query(("$count", text));
        query.CountsAll.ShouldBe(counts);
        query.HasODataCount.ShouldBe(counts);
    }

    [Test]
    public void Either_way_of_asking_for_the_number_is_enough()
    {
        Listed.Query(("$inlinecount", "none"), ("$count", "true")).CountsAll.ShouldBeTrue();
        var query = Listed.Query(("$inlinecount", "allpages"), ("$count", "false"));
        query.CountsAll.ShouldBeTrue();
        query.HasODataCount.ShouldBeFalse();
    }

    [TestCase("Name", "Name")]
    [TestCase("Size, Name", "Name,Size")]
    [TestCase("Name,Name", "Name")]
    public void Select_names_the_fields_to_return(string text, string names) =>
        string.Join(',', Listed.Query(("$select", text)).Selected!.Order()).ShouldBe(names);

    [Test]
    public void Select_of_a_star_returns_all() => Listed.Query(("$select", "*")).Selected.ShouldBeNull();

    [TestCase("json")]
    [TestCase("JSON")]
    [TestCase("application/json")]
    [TestCase("application/json;odata.metadata=minimal")]
    public void Json_is_the_format(string format) => Should.NotThrow(() => Listed.Query(("$format", format)));

    [TestCase("$filter")]
    [TestCase("filter")]
    [TestCase("Filter")]
    [TestCase("$FILTER")]
    public void An_option_may_lack_its_dollar_and_is_read_without_regard_to_case(string name) =>
        Listed.Query((name, "false")).Filter(Some()).ShouldBeEmpty();

    [TestCase("$filter")]
    [TestCase("$orderby")]
    [TestCase("$top")]
    [TestCase("$take")]
    [TestCase("$skip")]
    [TestCase("$inlinecount")]
    [TestCase("$count")]
    [TestCase("$select")]
    [TestCase("$format")]
    [TestCase("filter")]
    public void An_empty_option_counts_as_not_sent(string name)
    {
        var query = Listed.Query((name, ""), (name, ""));
        query.Filter(Some()).Count().ShouldBe(1);
        query.IsSorted.ShouldBeFalse();
        query.Skip.ShouldBeNull();
        query.Top.ShouldBeNull();
        query.CountsAll.ShouldBeFalse();
        query.Selected.ShouldBeNull();
    }

    [TestCase("5", "3", 3)]
    [TestCase("0", "3", 0)]
    public void Of_top_and_take_the_smaller_counts(string top, string take, long smaller)
    {
        Listed.Query(("$top", top), ("$take", take)).Top.ShouldBe(smaller);
        Listed.Query(("$top", take), ("$take", top)).Top.ShouldBe(smaller);
        Listed.Query(("$take", take)).Top.ShouldBe(long.Parse(take));
    }

    private static IQueryable<Listed> Some() =>
        new[] { new Listed(0, Guid.Empty, "x", DateTimeOffset.UnixEpoch, long.MaxValue) }.AsQueryable();

    private static void IsReadOrRefused(string text)
    {
        foreach (var option in (string[])["$filter", "$orderby", "$top", "$inlinecount", text])
        {
            try
            {
                Listed.Query((option, text));
            }
            catch (InvalidRequestException refusal)
            {
                refusal.Code.ShouldBe("odata_invalid");
            }
        }
    }
}
