using System.Text.RegularExpressions;
using Attachments.Application.Common;
using Attachments.Application.TemporarySets;
using Attachments.Infrastructure.Persistence;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.IntegrationTests.TemporarySets;

/// <summary>A set of 100,000 files.</summary>
[TestFixture]
internal sealed class LargeTemporarySetTests
{
    private const int Items = 100_000;

    private TestServices services = null!;
    private Guid id;

    [OneTimeSetUp]
    public async Task Start()
    {
        services = await TestServices.Start();
        id = await services.HaveSet(Items, services.Time.GetUtcNow(), bytes: false);
        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using var analyze = source.CreateCommand("ANALYZE");
        await analyze.ExecuteNonQueryAsync();
    }

    [OneTimeTearDown]
    public async Task Stop() => await services.DisposeAsync();

    [Test]
    public Task Is_listed_whole_and_in_order() => services.InScope(async scope =>
    {
        var list = await scope.GetRequiredService<IMediator>().Send(new ListTemporaryItems(id, []));
        var ordinal = 0L;
        await foreach (var item in list.Items)
        {
            item.Ordinal.ShouldBe(++ordinal);
            item.Name.ShouldBe($"name {ordinal}");
            item.TemporaryId.ShouldBe(id);
        }

        ordinal.ShouldBe(Items);
    });

    [Test]
    public Task Holds_no_connection_between_the_files_that_are_listed() => services.InScope(async scope =>
    {
        var list = await scope.GetRequiredService<IMediator>().Send(new ListTemporaryItems(id, []));
        var context = scope.GetRequiredService<AttachmentsDbContext>();
        await foreach (var _ in list.Items.Take(1200))
        {
            context.Database.GetDbConnection().State.ShouldBe(System.Data.ConnectionState.Closed);
        }
    });

    [TestCase("in the order of uploading", "ux_temporary_items_order", "Sort Method")]
    [TestCase("filtered and sorted", "top-N heapsort", "blobs")]
    public Task Is_paged_by_an_index_or_a_bounded_sort(string order, string expected, string unexpected) => services.InScope(async scope =>
    {
        var db = scope.GetRequiredService<IAttachmentsDb>();
        var key = await db.TemporarySets.Where(set => set.TemporaryId == id).Select(set => set.Id).SingleAsync();
        var items = db.TemporaryItems
            .Where(item => item.SetId == EF.Constant(key))
            .ProjectTo<TemporaryItemDto>(scope.GetRequiredService<IConfigurationProvider>());
        var page = order == "filtered and sorted"
            ? items.Where(item => item.ContentType == "image/png" && !item.Name.Contains("77"))
                .OrderByDescending(item => item.Name)
                .ThenBy(item => item.Ordinal)
            : items.OrderBy(item => item.Ordinal);
        var plan = await Explain(page.Skip(20).Take(10).Select(item => item.Ordinal).ToQueryString());
        plan.ShouldContain(expected);
        plan.ShouldNotContain(unexpected);
    });

    [Test]
    public async Task A_list_that_its_set_does_not_outlive_breaks_off()
    {
        var dropped = await services.HaveSet(2000, services.Time.GetUtcNow());
        await services.InScope(async scope =>
        {
            var mediator = scope.GetRequiredService<IMediator>();
            var list = await mediator.Send(new ListTemporaryItems(dropped, []));
            var seen = 0;
            var exception = await Should.ThrowAsync<UnavailableException>(async () =>
            {
                await foreach (var _ in list.Items)
                {
                    if (++seen == 1)
                    {
                        await DropAndSweep(dropped);
                    }
                }
            });
            exception.Code.ShouldBe("list_interrupted");
            seen.ShouldBe(500);
        });
    }

    [Test]
    public async Task A_file_that_is_removed_while_it_is_listed_is_left_out()
    {
        var set = await services.HaveSet(1200, services.Time.GetUtcNow());
        await services.InScope(async scope =>
        {
            var list = await scope.GetRequiredService<IMediator>().Send(new ListTemporaryItems(set, []));
            var names = new List<string>();
            await foreach (var item in list.Items)
            {
                if (names.Count == 0)
                {
                    await Remove(set, "name 700");
                }

                names.Add(item.Name);
            }

            names.ShouldBe(Enumerable.Range(1, 1200).Where(i => i != 700).Select(i => $"name {i}"));
        });
    }

    private async Task DropAndSweep(Guid temporaryId)
    {
        await services.InScope(scope => scope.GetRequiredService<IMediator>().Send(
            new DeleteTemporarySet(temporaryId, Preconditions.None)));
        await services.Provider.GetRequiredService<TemporarySetSweeper>().Sweep(CancellationToken.None);
    }

    private Task Remove(Guid temporaryId, string name) => services.InScope(async scope =>
    {
        var item = await scope.GetRequiredService<IAttachmentsDb>().TemporaryItems
            .SingleAsync(item => item.Set.TemporaryId == temporaryId && item.Name == name);
        await services.InScope(other => other.GetRequiredService<IMediator>().Send(
            new DeleteTemporaryItem(temporaryId, item.Id, Preconditions.None)));
    });

    private async Task<string> Explain(string query)
    {
        // Numbers that were made parameters, which stand in comments before it.
        foreach (Match parameter in Regex.Matches(query, "^-- (@\\w+)='([0-9]+)'", RegexOptions.Multiline))
        {
            query = Regex.Replace(query, $"{parameter.Groups[1].Value}\\b", parameter.Groups[2].Value);
        }

        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using var command = source.CreateCommand($"EXPLAIN (ANALYZE) {query}");
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync())
        {
            plan.Add(reader.GetString(0));
        }

        return string.Join('\n', plan);
    }
}
