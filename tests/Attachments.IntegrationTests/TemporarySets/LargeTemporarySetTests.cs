using System.Data.Common;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.TemporarySets;
using Attachments.Infrastructure.Persistence;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.IntegrationTests.TemporarySets;

/// <summary>A set of one file more than are sorted.</summary>
[TestFixture]
internal sealed class LargeTemporarySetTests
{
    private const int Items = 100_001;

    private readonly SentCommands sent = new();
    private TestServices services = null!;
    private Guid id;

    [OneTimeSetUp]
    public async Task Start()
    {
        services = await TestServices.Start(interceptor: sent);
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

    [TestCase("", "ux_temporary_items_order", "Sort Method")]
    [TestCase("$skip=20", "ux_temporary_items_order", "Sort Method")]
    [TestCase("$skip=20&$top=10", "ux_temporary_items_order", "Sort Method")]
    [TestCase("$filter=ContentType eq 'image/png' and not contains(Name,'77')", "ux_temporary_items_order", "Sort Method")]
    [TestCase("$orderby=Name desc&$filter=ContentType eq 'image/png'", "Limit", "blobs")]
    [TestCase("$orderby=Name desc&$top=10&$filter=ContentType eq 'image/png' and not contains(Name,'77')", "top-N heapsort", "blobs")]
    public Task Is_paged_by_an_index_or_a_bounded_sort(string query, string expected, string unexpected) => services.InScope(async scope =>
    {
        sent.Commands.Clear();
        await foreach (var _ in (await List(scope, query)).Items.Take(600))
        {
            // Two chunks, where there are two.
        }

        var plans = new List<string>();
        foreach (var command in sent.Commands.ToList().Where(command => command.Text.Contains("temporary_items", StringComparison.Ordinal)))
        {
            plans.Add(await Explain(command));
        }

        plans[0].ShouldContain(expected);
        plans[0].ShouldNotContain(unexpected);
        foreach (var chunk in plans.Skip(1))
        {
            chunk.ShouldContain("ux_temporary_items_order");
            chunk.ShouldNotContain("Seq Scan on temporary_items");
        }
    });

    [TestCase("$orderby=Size&$skip=1")]
    [TestCase("$orderby=Size&$top=100000")]
    [TestCase("$orderby=Size&$filter=Name ne 'name 1'")]
    [TestCase("$orderby=Size&$top=100001&$skip=1")]
    public Task Is_sorted_up_to_100_000_files(string query) => services.InScope(async scope =>
        (await List(scope, query + "&$inlinecount=allpages")).Counts!.Total.ShouldBeGreaterThanOrEqualTo(100_000));

    [TestCase("$orderby=Size")]
    [TestCase("$orderby=Size&$top=100001")]
    public Task Is_not_sorted_beyond_100_000_files(string query) => services.InScope(async scope =>
    {
        var refusal = await Should.ThrowAsync<InvalidRequestException>(() => List(scope, query));
        refusal.Code.ShouldBe("odata_invalid");
        refusal.Message.ShouldStartWith("$orderby, ");
        refusal.Message.ShouldContain("$top");
    });

    [TestCase("$skip=99500", 99501, 1, 501)]
    [TestCase("$skip=99500&$top=501", 99501, 1, 501)]
    [TestCase("$skip=500&$top=500", 501, 1, 500)]
    [TestCase("$filter=ContentType eq 'image/png'&$skip=1&$top=1001", 4, 2, 1001)]
    [TestCase("$skip=100001", 0, 0, 0)]
    public Task Is_paged_in_the_order_of_uploading(string query, int first, int step, int count) => services.InScope(async scope =>
    {
        var ordinals = await (await List(scope, query)).Items.Select(item => item.Ordinal).ToListAsync();
        ordinals.ShouldBe(Enumerable.Range(0, count).Select(i => (long)first + (i * step)));
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
            var exception = await Should.ThrowAsync<ConflictException>(async () =>
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

    private Task<TemporaryItemList> List(IServiceProvider scope, string query) => scope.GetRequiredService<IMediator>().Send(
        new ListTemporaryItems(id, [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(option => option.Split('=', 2))
            .Select(option => KeyValuePair.Create(option[0], option[1]))]));

    private async Task<string> Explain(SentCommand sent)
    {
        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using var command = source.CreateCommand($"EXPLAIN (ANALYZE) {sent.Text}");
        command.Parameters.AddRange(sent.Parameters.ToArray());
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync())
        {
            plan.Add(reader.GetString(0));
        }

        return string.Join('\n', plan);
    }

    private sealed record SentCommand(string Text, IReadOnlyList<NpgsqlParameter> Parameters);

    /// <summary>What a context sends to the database, from now on.</summary>

    /// <summary>What is sent to be read from the database.</summary>
    private sealed class SentCommands : DbCommandInterceptor
    {
        public List<SentCommand> Commands { get; } = [];

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            Commands.Add(new SentCommand(
                command.CommandText, [.. command.Parameters.Cast<NpgsqlParameter>().Select(parameter => parameter.Clone())]));
            return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
        }
    }
}
