using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using Attachments.Application.Records;
using Attachments.Application.Sessions;
using Attachments.Application.TemporarySets;
using Attachments.Application.TemporarySets.Claims;
using Attachments.Domain.Content;
using Attachments.Domain.Records;
using Attachments.Domain.Sessions;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Persistence;

/// <summary>Statements that delete what is large, where a role and the connection string give them less time than they need.</summary>
[TestFixture]
internal sealed class StatementTimeoutTests
{
    private const string Limits = ";Command Timeout=1;Options=-c statement_timeout=300";

    // As if there were millions of rows.
    private const string Slow =
        """
        CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1.2); RETURN NULL; END';
        CREATE TRIGGER slow BEFORE UPDATE OR DELETE ON blobs FOR EACH STATEMENT EXECUTE FUNCTION take_long();
        CREATE TRIGGER slow BEFORE DELETE ON record_files FOR EACH STATEMENT EXECUTE FUNCTION take_long();
        CREATE TRIGGER slow BEFORE DELETE ON session_points FOR EACH STATEMENT EXECUTE FUNCTION take_long();
        CREATE TRIGGER slow BEFORE DELETE ON temporary_items FOR EACH STATEMENT EXECUTE FUNCTION take_long();
        CREATE TRIGGER slow BEFORE UPDATE ON temporary_sets FOR EACH STATEMENT EXECUTE FUNCTION take_long();
        """;

    private static readonly RecordKey Key = RecordKey.Parse("Contract/57");

    private TestServices services = null!;
    private TestServices limited = null!;

    [SetUp]
    public async Task Start()
    {
        services = await TestServices.Start();
        limited = TestServices.On(services.ConnectionString + Limits, time: services.Time);
    }

    [TearDown]
    public async Task Stop()
    {
        await limited.DisposeAsync();
        await services.DisposeAsync();
    }

    [Test]
    public async Task A_record_is_deleted_with_its_files()
    {
        await HaveRecord();
        await MakeSlow();
        await Send(new DeleteRecord(Key, Preconditions.None));
        (await Count("record_files")).ShouldBe(0);
        (await Count("blobs WHERE released_at IS NULL")).ShouldBe(0);
    }

    [Test]
    public async Task A_session_is_deleted_with_its_points()
    {
        await HaveSession();
        await MakeSlow();
        await Send(new DeleteSession(7, "s", Preconditions.None));
        (await Count("session_points")).ShouldBe(0);
    }

    [Test]
    public async Task A_session_is_replaced()
    {
        await HaveSession();
        await MakeSlow();
        await Send(new CreateSession(7, Entries(), Preconditions.None));
        (await Count("session_points")).ShouldBe(1);
    }

    [Test]
    public async Task A_set_is_claimed()
    {
        await HaveSession();
        var set = await services.HaveSet(2, services.Time.GetUtcNow());
        await MakeSlow();
        var target = new SessionTarget(7, "s", new Dictionary<Guid, string>());
        await Send(new ClaimTemporarySet(set, _ => Task.FromResult<ClaimTarget>(target), Preconditions.None));
        (await Count("temporary_items")).ShouldBe(0);
    }

    [Test]
    public async Task What_is_due_is_swept()
    {
        await services.HaveSet(2, services.Time.GetUtcNow());
        await HaveRecord();
        await Sql.Execute(services.ConnectionString, "UPDATE blobs SET state = 0 WHERE id IN (SELECT blob_id FROM record_files)");
        await Sql.Execute(services.ConnectionString, "DELETE FROM record_files");
        services.Time.Advance(TimeSpan.FromDays(2));
        await MakeSlow();
        await limited.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);
        services.Time.Advance(TimeSpan.FromHours(1));
        await limited.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);
        (await Count("temporary_sets")).ShouldBe(0);
        (await Count("blobs")).ShouldBe(0);
    }

    /// <summary>The limit is lifted for what needs it, and for nothing else of the same connection.</summary>
    [Test]
    public async Task The_limit_holds_again_afterwards()
    {
        await HaveSession();
        await Send(new DeleteSession(7, "s", Preconditions.None));
        await limited.InScope(scope => Should.ThrowAsync<Npgsql.PostgresException>(
            () => scope.GetRequiredService<IAttachmentsDb>().Context.Database.ExecuteSqlRawAsync("SELECT pg_sleep(5)")));
    }

    private Task MakeSlow() => Sql.Execute(services.ConnectionString, Slow);

    private Task Send<T>(IRequest<T> request) =>
        limited.InScope(scope => scope.GetRequiredService<IMediator>().Send(request));

    private Task<long> Count(string what) => Sql.Scalar<long>(services.ConnectionString, $"SELECT count(*) FROM {what}");

    private async Task HaveRecord()
    {
        var blob = (await services.Store(100)).Blob;
        await services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Change(
            async token =>
            {
                var db = scope.GetRequiredService<IAttachmentsDb>();
                var record = Record.Create(Key, RecordAttributes.Empty);
                record.Attach(FilePlace.Create(null, "file"), await db.Blobs.SingleAsync(row => row.Id == blob.Id, token));
                return db.Records.Add(record);
            },
            CancellationToken.None));
    }

    private async Task HaveSession()
    {
        var blob = (await services.Store(100)).Blob;
        await services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Change(
            async token =>
            {
                var db = scope.GetRequiredService<IAttachmentsDb>();
                var session = Session.Create(7, "s", "unit", 1, 2);
                session.Set("text", new ScalarValue("text"));
                session.Set("file", new FileValue(FileName.From("f"), await db.Blobs.SingleAsync(row => row.Id == blob.Id, token)));
                return db.Sessions.Add(session);
            },
            CancellationToken.None));
    }

    private static async IAsyncEnumerable<SessionEntry> Entries()
    {
        yield return new ValuePoint("p", new ScalarValue("new"));
        yield return new SessionFields("s", "u");
        await Task.CompletedTask;
    }
}
