using System.Data.Common;
using System.Text.Json;
using Attachments.Application.Access;
using Attachments.Application.Changes;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Attachments.IntegrationTests.Changes;

/// <summary>Pages of the feed: what they hold, where they go on, and what they cost.</summary>
public sealed class ReadChangesTests
{
    private const long Project = 7;

    private static readonly Guid User = Guid.NewGuid();
    private static readonly ChangeFilter Everything = new([], null, null);
    private static readonly Caller Admin = new(User, IsAdmin: true);

    [Test]
    public async Task Goes_on_where_the_page_before_ended()
    {
        await using var services = await StartWith(10);
        var read = new List<string>();
        string? after = null;
        ChangePage page;
        do
        {
            page = await Read(services, new ReadChanges(after, 3, Everything));
            page.More.ShouldBe(read.Count + page.Changes.Count < 10);
            read.AddRange(page.Changes.Select(placed => placed.Change.SessionUuid!));
            after = page.Next;
        }
        while (page.More);

        read.ShouldBe(Enumerable.Range(1, 10).Select(number => $"s{number}"));
        (await Read(services, new ReadChanges(after, 3, Everything))).Next.ShouldBe(after);
    }

    [Test]
    public async Task Goes_on_after_any_change_of_a_page()
    {
        await using var services = await StartWith(3);
        var page = await Read(services, new ReadChanges(null, 3, Everything));
        (await Read(services, new ReadChanges(page.Changes[1].Cursor, 3, Everything)))
            .Changes.Single().Change.SessionUuid.ShouldBe("s3");
    }

    [Test]
    public async Task Latest_is_only_a_cursor()
    {
        await using var services = await StartWith(3);
        var page = await Read(services, new ReadChanges(ReadChanges.Latest, 3, Everything));
        page.Changes.ShouldBeEmpty();
        page.More.ShouldBeFalse();
        await Fill(services, 4, 1);
        (await Read(services, new ReadChanges(page.Next, 3, Everything))).Changes.Single().Change.SessionUuid.ShouldBe("s4");
    }

    [Test]
    public async Task Has_a_cursor_where_there_is_no_change_yet()
    {
        await using var services = await TestServices.Start();
        var page = await Read(services, new ReadChanges(null, 3, Everything));
        page.Changes.ShouldBeEmpty();
        page.More.ShouldBeFalse();
        (await Read(services, new ReadChanges(page.Next, 3, Everything))).Next.ShouldBe(page.Next);
    }

    /// <summary>The rare reader, for whom most is not meant, advances all the same.</summary>
    [Test]
    public async Task Looks_at_so_many_and_says_that_there_may_be_more()
    {
        await using var services = await StartWith(10_001);
        var filter = Everything with { ProjectId = Project + 10_001 };
        var page = await Read(services, new ReadChanges(null, 1, filter));
        page.Changes.ShouldBeEmpty();
        page.More.ShouldBeTrue();
        page = await Read(services, new ReadChanges(page.Next, 1, filter));
        page.Changes.Single().Change.SessionUuid.ShouldBe("s10001");
        page.More.ShouldBeFalse();
    }

    [TestCase("x")]
    [TestCase("!")]
    [TestCase("bm90LWEtY3Vyc29y")]
    public async Task Refuses_what_is_no_cursor(string after)
    {
        await using var services = await TestServices.Start();
        (await Should.ThrowAsync<InvalidRequestException>(() => Read(services, new ReadChanges(after, 1, Everything))))
            .Code.ShouldBe("cursor_invalid");
    }

    [Test]
    public async Task Refuses_the_cursor_of_another_feed_and_one_that_the_feed_has_not_reached()
    {
        await using var services = await StartWith(1);
        var cursor = (await Read(services, new ReadChanges(null, 1, Everything))).Next;
        await Sql.Execute(services.ConnectionString, "DELETE FROM changes; UPDATE feed SET last_position = 0");
        await ShouldBeExpired(services, cursor);
        await Sql.Execute(services.ConnectionString, "UPDATE feed SET last_position = 1, id = gen_random_uuid()");
        await ShouldBeExpired(services, cursor);
    }

    [Test]
    public async Task Goes_on_at_the_edge_of_what_is_kept_and_not_before_it()
    {
        await using var services = await StartWith(3);
        var page = await Read(services, new ReadChanges(null, 3, Everything));
        services.Time.Advance(TimeSpan.FromDays(20));
        await Fill(services, 4, 2);
        services.Time.Advance(TimeSpan.FromDays(11));
        await services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);

        await ShouldBeExpired(services, page.Changes[1].Cursor);
        foreach (var edge in new[] { null, page.Changes[2].Cursor })
        {
            (await Read(services, new ReadChanges(edge, 3, Everything))).Changes
                .Select(placed => placed.Change.SessionUuid).ShouldBe(["s4", "s5"]);
        }
    }

    [Test]
    public async Task Goes_on_where_all_that_was_there_is_no_longer_kept()
    {
        await using var services = await StartWith(2500);
        var end = (await Read(services, new ReadChanges(ReadChanges.Latest, 1, Everything))).Next;
        services.Time.Advance(TimeSpan.FromDays(31));
        await services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);
        (await CountChanges(services)).ShouldBe(0);

        var first = await Read(services, new ReadChanges(null, 1, Everything));
        first.Changes.ShouldBeEmpty();
        first.Next.ShouldBe(end);
        await Fill(services, 2501, 1);
        (await Read(services, new ReadChanges(end, 1, Everything))).Changes.Single().Change.SessionUuid.ShouldBe("s2501");
    }

    /// <summary>What is not numbered yet is nobody's to read, and is kept however old it is.</summary>
    [Test]
    public async Task Keeps_what_has_no_position()
    {
        await using var services = await TestServices.Start();
        await Sql.Execute(
            services.ConnectionString,
            """
            INSERT INTO changes (id, type, revision, occurred_at, is_replacement, project_id, session_uuid)
            VALUES (gen_random_uuid(), 'session.created', 0, '2020-01-01', FALSE, 7, 's')
            """);
        await services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);
        (await CountChanges(services)).ShouldBe(1);
        (await Read(services, new ReadChanges(null, 1, Everything))).Changes.ShouldBeEmpty();
    }

    /// <summary>A page costs the same, whatever the number of changes that are kept.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public async Task Reads_no_more_rows_than_the_page_has(bool asAdmin)
    {
        var log = new StatementLog();
        await using var services = await TestServices.Start(interceptor: log);
        await Fill(services, 1, 30_000);
        await Sql.Execute(services.ConnectionString, "VACUUM ANALYZE changes, feed");
        var middle = (await Read(services, new ReadChanges(null, ReadChanges.MaxLimit, Everything))).Next;
        var caller = asAdmin ? Admin : new Caller(User, IsAdmin: false) { AllProjects = true };
        (await Read(services, new ReadChanges(middle, 100, Everything), caller)).Changes.Count.ShouldBe(100);

        var scan = Nodes(await log.Explain(services.ConnectionString))
            .Single(node => node.TryGetProperty("Relation Name", out var table) && table.GetString() == "changes");
        scan.GetProperty("Node Type").GetString().ShouldBe("Index Scan");
        scan.GetProperty("Index Name").GetString().ShouldBe("ux_changes_position");
        scan.GetProperty("Actual Rows").GetDouble().ShouldBe(101);
    }

    private static async Task<TestServices> StartWith(int changes)
    {
        var services = await TestServices.Start();
        await Fill(services, 1, changes);
        return services;
    }

    /// <summary>Changes s1, s2, … of the projects 8, 9, …, which have their positions.</summary>
    private static Task Fill(TestServices services, int first, int count) => Sql.Execute(
        services.ConnectionString,
        $"""
        INSERT INTO changes (id, type, revision, occurred_at, is_replacement, project_id, session_uuid, position, numbered_at)
        SELECT gen_random_uuid(), 'session.created', 0, '{services.Time.GetUtcNow():O}', FALSE, {Project} + number, 's' || number,
            number, '{services.Time.GetUtcNow():O}'
        FROM generate_series({first}, {first + count - 1}) AS number;
        UPDATE feed SET last_position = {first + count - 1}
        """);

    private static Task<ChangePage> Read(TestServices services, ReadChanges request, Caller? caller = null) =>
        services.InScope(scope => new ReadChangesHandler(
            scope.GetRequiredService<IAttachmentsDb>(),
            caller ?? Admin,
            scope.GetRequiredService<FeedSignal>(),
            scope.GetRequiredService<IOptions<ChangesOptions>>(),
            services.Time).Handle(request, CancellationToken.None));

    private static async Task ShouldBeExpired(TestServices services, string cursor) =>
        (await Should.ThrowAsync<GoneException>(() => Read(services, new ReadChanges(cursor, 1, Everything)))).Code.ShouldBe("cursor_expired");

    private static Task<int> CountChanges(TestServices services) =>
        services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Changes.CountAsync());

    private static IEnumerable<JsonElement> Nodes(JsonElement plan) =>
        plan.TryGetProperty("Plans", out var parts) ? parts.EnumerateArray().SelectMany(Nodes).Prepend(plan) : [plan];

    /// <summary>Remembers the last query, to ask for its plan.</summary>
    private sealed class StatementLog : DbCommandInterceptor
    {
        private DbCommand? last;

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            last = ((NpgsqlCommand)command).Clone();
            return ValueTask.FromResult(result);
        }

        public async Task<JsonElement> Explain(string connectionString)
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            await using var connection = await source.OpenConnectionAsync();
            await using var command = (NpgsqlCommand)last!;
            command.Connection = connection;
            command.Transaction = null;
            command.CommandText = $"EXPLAIN (ANALYZE, FORMAT JSON) {command.CommandText}";
            return JsonElement.Parse((string)(await command.ExecuteScalarAsync())!)[0].GetProperty("Plan");
        }
    }
}
