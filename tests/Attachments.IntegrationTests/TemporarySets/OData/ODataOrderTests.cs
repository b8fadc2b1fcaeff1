using Attachments.Application.TemporarySets.OData;
using Microsoft.EntityFrameworkCore;

namespace Attachments.IntegrationTests.TemporarySets.OData;

[TestFixture]
internal sealed class ODataOrderTests
{
    private static readonly (string Written, IComparer<Item> By)[] Keys =
    [
        ("TemporaryId", By(item => item.TemporaryId.ToString(), StringComparer.Ordinal)),
        ("Id", By(item => item.Id.ToString(), StringComparer.Ordinal)),
        ("CreatedById", By(item => item.CreatedById.ToString(), StringComparer.Ordinal)),
        ("Name", By(item => item.Name, TextOracle.ByCodePoint)),
        ("FileName", By(item => item.FileName, TextOracle.ByCodePoint)),
        ("ContentType", By(item => item.ContentType, TextOracle.ByCodePoint)),
        ("CreatedAt", By(item => item.CreatedAt.UtcTicks, Comparer<long>.Default)),
        ("Size", By(item => item.Size, Comparer<long>.Default)),
        ("length(Name)", By(item => TextOracle.Length(item.Name), Comparer<int>.Default)),
        ("tolower(Name)", By(item => TextOracle.ToLower(item.Name), TextOracle.ByCodePoint)),
        ("trim(FileName)", By(item => item.FileName.Trim(), TextOracle.ByCodePoint)),
        ("year(CreatedAt)", By(item => item.CreatedAt.UtcDateTime.Year, Comparer<int>.Default)),
        ("contains(ContentType,'/p')", By(item => item.ContentType.Contains("/p", StringComparison.Ordinal), Comparer<bool>.Default)),
        ("(Size gt 1024)", By(item => item.Size > 1024, Comparer<bool>.Default)),
    ];

    private Items items = null!;

    [OneTimeSetUp]
    public async Task Start() => items = await Items.Create();

    [OneTimeTearDown]
    public async Task Stop() => await items.DisposeAsync();

    [Test]
    public async Task Without_orderby_items_are_in_upload_order() => (await Sorted(null)).ShouldBe(items.All.Select(item => item.Ordinal));

    [TestCaseSource(nameof(Keys))]
    public async Task Sorts_by_any_field_and_function_either_way_with_ties_in_upload_order((string Written, IComparer<Item> By) key)
    {
        (await Sorted(key.Written)).ShouldBe(items.All.Order(key.By).Select(item => item.Ordinal));
        (await Sorted(key.Written + " asc")).ShouldBe(items.All.Order(key.By).Select(item => item.Ordinal));
        (await Sorted(key.Written + " desc")).ShouldBe(items.All.OrderDescending(key.By).Select(item => item.Ordinal));
    }

    [Test]
    public async Task Sorts_by_any_random_terms([Values(1, 2)] int seed)
    {
        var random = new Random(seed);
        for (var left = 30; left > 0; left--)
        {
            var terms = random.GetItems(Keys, random.Next(2, 5))
                .Select(key => (key.Written, key.By, Descending: random.Next(2) == 0))
                .ToList();
            var written = string.Join(" , ", terms.Select(term => term.Written + (term.Descending ? " desc" : "")));
            var sorted = items.All.OrderBy(_ => 0);
            foreach (var (_, by, descending) in terms)
            {
                sorted = descending ? sorted.ThenByDescending(item => item, by) : sorted.ThenBy(item => item, by);
            }

            (await Sorted(written)).ShouldBe(sorted.Select(item => item.Ordinal), written);
        }
    }

    [TestCase(null, null, null)]
    [TestCase("3", null, null)]
    [TestCase(null, "5", null)]
    [TestCase("398", "5", null)]
    [TestCase("2", "5", "4")]
    [TestCase("2", "4", "5")]
    [TestCase("0", "0", null)]
    [TestCase("9223372036854775807", null, "9223372036854775807")]
    [TestCase("007", "9223372036854775807", null)]
    public async Task Pages_after_filter_and_order(string? skip, string? top, string? take)
    {
        (string Name, string? Text)[] options =
            [("$filter", "Size gt 2"), ("$orderby", "Name desc"), ("$skip", skip), ("$top", top), ("$take", take)];
        var sent = options.Where(option => option.Text is not null).Select(option => KeyValuePair.Create(option.Name, option.Text!));
        var query = ODataQuery.Parse(sent, Item.Fields);
        await using var context = new ItemsDbContext(items.Options);
        var page = await query.Page(query.Order(query.Filter(context.Items)), 1000).Select(item => item.Ordinal).ToListAsync();
        page.ShouldBe(items.All
            .Where(item => item.Size > 2)
            .OrderByDescending(item => item.Name, TextOracle.ByCodePoint)
            .Skip((int)Math.Min(long.Parse(skip ?? "0"), int.MaxValue))
            .Take((int)Math.Min(Math.Min(long.Parse(top ?? "1000"), long.Parse(take ?? "1000")), int.MaxValue))
            .Select(item => item.Ordinal));
    }

    [TestCase(null, 7)]
    [TestCase("9", 7)]
    [TestCase("6", 6)]
    public async Task Pages_to_no_more_than_a_limit(string? top, int expected)
    {
        var query = ODataQuery.Parse(top is null ? [] : [new("$top", top)], Item.Fields);
        await using var context = new ItemsDbContext(items.Options);
        (await query.Page(query.Order(context.Items), 7).CountAsync()).ShouldBe(expected);
    }

    private static Comparer<Item> By<TKey>(Func<Item, TKey> key, IComparer<TKey> comparer) =>
        Comparer<Item>.Create((left, right) => comparer.Compare(key(left), key(right)));

    private async Task<List<long>> Sorted(string? orderBy)
    {
        var query = ODataQuery.Parse(orderBy is null ? [] : [new("$orderby", orderBy)], Item.Fields);
        await using var context = new ItemsDbContext(items.Options);
        return await query.Order(query.Filter(context.Items)).Select(item => item.Ordinal).ToListAsync();
    }
}
