using Attachments.Api.Http.Downloads;
using Attachments.Testing.Http;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;

namespace Attachments.UnitTests.Http.Downloads;

internal sealed class ByteRangeTests
{
    private static readonly ByteRange Whole = new ByteRange.Whole();
    private static readonly ByteRange Unsatisfiable = new ByteRange.Unsatisfiable();

    [TestCase("bytes=0-0", 0, 0)]
    [TestCase("bytes=2-5", 2, 5)]
    [TestCase("bytes=0-", 0, 9)]
    [TestCase("bytes=9-", 9, 9)]
    [TestCase("bytes=0-9", 0, 9)]
    [TestCase("bytes=3-10", 3, 9)]
    [TestCase("bytes=-1", 9, 9)]
    [TestCase("bytes=-10", 0, 9)]
    public void Takes_one_range(string field, long first, long last) => Parse(field).ShouldBe(new ByteRange.Part(first, last));

    [TestCase("bytes=-11")]
    [TestCase("bytes=-9223372036854775807")]
    [TestCase("bytes=-99999999999999999999999")]
    public void Takes_all_where_a_suffix_is_longer_than_the_file(string field) => Parse(field).ShouldBe(new ByteRange.Part(0, 9));

    [TestCase("bytes=-0")]
    [TestCase("bytes=-000")]
    public void Cannot_satisfy_a_suffix_of_nothing(string field) => Parse(field).ShouldBe(Unsatisfiable);

    [TestCase("bytes=10-")]
    [TestCase("bytes=10-10")]
    [TestCase("bytes=11-12")]
    [TestCase("bytes=9223372036854775807-")]
    public void Cannot_satisfy_a_range_that_starts_at_or_past_the_end(string field) => Parse(field).ShouldBe(Unsatisfiable);

    [TestCase("bytes=0-")]
    [TestCase("bytes=0-0")]
    [TestCase("bytes=5-9")]
    [TestCase("bytes=-0")]
    [TestCase("bytes=-5")]
    public void Cannot_satisfy_any_range_of_an_empty_file(string field) => ByteRange.Parse(field, 0).ShouldBe(Unsatisfiable);

    [Test]
    public void Takes_numbers_past_64_bits_by_value()
    {
        Parse("bytes=3-99999999999999999999").ShouldBe(new ByteRange.Part(3, 9));
        Parse("bytes=99999999999999999999-").ShouldBe(Unsatisfiable);
        Parse("bytes=99999999999999999998-99999999999999999999").ShouldBe(Unsatisfiable);
        Parse("bytes=99999999999999999999-99999999999999999998").ShouldBe(Whole);
        Parse("bytes=99999999999999999999-5").ShouldBe(Whole);
        Parse("bytes=9223372036854775808-9223372036854775807").ShouldBe(Whole);
    }

    [Test]
    public void Takes_leading_zeros_for_nothing()
    {
        Parse("bytes=0000000000000000000000002-0000000000000000000000005").ShouldBe(new ByteRange.Part(2, 5));
        Parse("bytes=00-00000000000000000000000000").ShouldBe(new ByteRange.Part(0, 0));
        Parse("bytes=-0000000000000000000000003").ShouldBe(new ByteRange.Part(7, 9));
        Parse("bytes=000000000000000000000000006-5").ShouldBe(Whole);
    }

    [TestCase("bytes=5-2")]
    [TestCase("bytes=a-b")]
    [TestCase("bytes=1-b")]
    [TestCase("bytes=a-1")]
    [TestCase("bytes=-")]
    [TestCase("bytes=--1")]
    [TestCase("bytes=1--2")]
    [TestCase("bytes=1-2-3")]
    [TestCase("bytes=1")]
    [TestCase("bytes=")]
    [TestCase("bytes=,")]
    [TestCase("bytes= , ,")]
    [TestCase("bytes")]
    [TestCase("")]
    [TestCase("0-1")]
    [TestCase("=0-1")]
    [TestCase("bytes:0-1")]
    [TestCase("bytes=+1-2")]
    [TestCase("bytes=0x1-2")]
    [TestCase("bytes=1.0-2")]
    [TestCase("bytes=1_000-")]
    [TestCase("bytes=\u0661-\u0662")]
    [TestCase("bytes=0-1;")]
    [TestCase("bytes=0-1\0")]
    public void Ignores_what_is_invalid(string field) => Parse(field).ShouldBe(Whole);

    [TestCase("items=0-1")]
    [TestCase("byte=0-1")]
    [TestCase("bytess=0-1")]
    [TestCase("none=0-1")]
    public void Ignores_a_unit_it_does_not_know(string field) => Parse(field).ShouldBe(Whole);

    [TestCase("Bytes=2-5")]
    [TestCase("BYTES=2-5")]
    public void Knows_its_unit_in_any_case(string field) => Parse(field).ShouldBe(new ByteRange.Part(2, 5));

    [TestCase("bytes=,2-5")]
    [TestCase("bytes=2-5,")]
    [TestCase("bytes=,,2-5,,")]
    [TestCase("bytes= ,\t2-5 ,")]
    [TestCase(" bytes=2-5\t")]
    public void Takes_the_empty_elements_and_white_space_that_a_list_may_have(string field) =>
        Parse(field).ShouldBe(new ByteRange.Part(2, 5));

    [TestCase("bytes= 2-5")]
    [TestCase("bytes =2-5")]
    [TestCase("bytes = 2-5")]
    [TestCase("bytes=2 -5")]
    [TestCase("bytes=2- 5")]
    [TestCase("bytes=\n,2-5")]
    public void Ignores_white_space_elsewhere(string field) => Parse(field).ShouldBe(Whole);

    [TestCase("bytes=0-0,2-2")]
    [TestCase("bytes=0-0, -1")]
    [TestCase("bytes=0-9,0-9")]
    [TestCase("bytes=2-5,2-5")]
    [TestCase("bytes=100-,200-")]
    [TestCase("bytes=0-1,100-")]
    [TestCase("bytes=0-1,5-2")]
    [TestCase("bytes=0-1,x")]
    public void Serves_the_whole_for_several_ranges(string field) => Parse(field).ShouldBe(Whole);

    [Test]
    public void Serves_the_whole_without_a_field() => ByteRange.Parse(StringValues.Empty, 10).ShouldBe(Whole);

    [Test]
    public void Ignores_a_field_sent_twice()
    {
        ByteRange.Parse(new StringValues(["bytes=0-1", "bytes=0-1"]), 10).ShouldBe(Whole);
        ByteRange.Parse(new StringValues(["bytes=0-1", string.Empty]), 10).ShouldBe(Whole);
    }

    [Test]
    public void Reaches_the_end_of_the_longest_file()
    {
        ByteRange.Parse("bytes=0-", long.MaxValue).ShouldBe(new ByteRange.Part(0, long.MaxValue - 1));
        ByteRange.Parse("bytes=-9223372036854775808", long.MaxValue).ShouldBe(new ByteRange.Part(0, long.MaxValue - 1));
        ByteRange.Parse("bytes=9223372036854775806-9223372036854775807", long.MaxValue)
            .ShouldBe(new ByteRange.Part(long.MaxValue - 1, long.MaxValue - 1));
    }

    [FsCheck.NUnit.Property(MaxTest = 5000)]
    public Property Agrees_with_the_grammar() => Prop.ForAll(
        Requests().ToArbitrary(),
        request => ByteRange.Parse(request.Field, request.Length).ShouldBe(Model(request.Field, request.Length), request.ToString()));

    private static ByteRange Parse(string field) => ByteRange.Parse(field, 10);

    private static Gen<(string Field, long Length)> Requests() =>
        from field in RangeTexts.Any
        from length in Gen.Elements(0L, 1, 2, 5, 6, 9, 10, 11, 1000, long.MaxValue)
        select (field, length);

    private static ByteRange Model(string field, long length) => RangeModel.Of(field, length) switch
    {
        (206, var first, var last) => new ByteRange.Part(first, last),
        (416, _, _) => Unsatisfiable,
        _ => Whole,
    };
}
