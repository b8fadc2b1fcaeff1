using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Sessions;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.IntegrationTests.Persistence;

[TestFixture]
internal sealed class ChangeTests
{
    private TestServices services = null!;

    [OneTimeSetUp]
    public async Task Start() => services = await TestServices.Start();

    [OneTimeTearDown]
    public async Task Stop() => await services.DisposeAsync();

    [Test]
    public async Task Runs_again_on_fresh_state_when_another_changed_the_row_first()
    {
        var id = await CreateSession();
        var attempts = 0;
        await Change(id, async session =>
        {
            if (++attempts == 1)
            {
                await Change(id, other => other.Set("theirs", new ScalarValue("1")));
            }

            session.Set("ours", new ScalarValue(session.Points.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        });
        attempts.ShouldBe(2);
        var points = await Points(id);
        points.Keys.ShouldBe(["ours", "theirs"], ignoreOrder: true);
        points["ours"].ShouldBe("1", "the second attempt saw the other's point");
    }

    [Test]
    public async Task Runs_again_where_the_other_gave_a_part_a_value_of_another_kind()
    {
        PointValue[] values = [new ScalarValue("scalar"), new RawDataValue([1])];
        foreach (var (loaded, theirs) in new[] { (values[0], values[1]), (values[1], values[0]) })
        {
            var id = await CreateSession();
            await Change(id, session => session.Set("p", loaded));
            var attempts = 0;
            await Change(id, async session =>
            {
                if (++attempts == 1)
                {
                    await Change(id, other => other.Set("p", theirs));
                }

                session.Set("p", new ScalarValue("ours"));
            });
            attempts.ShouldBe(2);
            (await Points(id))["p"].ShouldBe("ours");
        }
    }

    /// <summary>Others have the row of the aggregate first, and would wait for the part for as long as it is waited for them.</summary>
    [Test]
    public async Task Takes_the_row_of_an_aggregate_before_those_of_its_parts()
    {
        var id = await CreateSession();
        await Change(id, session => session.Set("p", new ScalarValue("1")));
        await using var connection = new NpgsqlConnection(services.ConnectionString);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await Execute($"SELECT FROM sessions WHERE id = '{id}' FOR UPDATE");
        var change = Change(id, session => session.Set("p", new ScalarValue("2")));
        await Eventually.Holds(
            async () => await Sql.Scalar<long>(
                services.ConnectionString,
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0,
            "the change waits for the row");
        await Execute($"SELECT FROM session_points WHERE session_id = '{id}' FOR UPDATE NOWAIT");
        await transaction.CommitAsync();
        await change;
        (await Points(id))["p"].ShouldBe("2");

        async Task Execute(string statement)
        {
            await using var command = new NpgsqlCommand(statement, connection, transaction);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Test]
    public async Task Lets_every_one_of_many_writers_of_one_row_succeed()
    {
        var id = await CreateSession();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Change(id, session => session.Set($"point{i}", new ScalarValue("x")))));
        (await Points(id)).Count.ShouldBe(40);
    }

    [Test]
    public async Task Decides_by_a_constraint_between_two_who_create_the_same()
    {
        var created = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => services.InScope(scope =>
        {
            var db = scope.GetRequiredService<IAttachmentsDb>();
            return db.Change(
                async token =>
                {
                    if (await db.Sessions.AnyAsync(session => session.ProjectId == 77 && session.Uuid == "same", token))
                    {
                        return false;
                    }

                    db.Sessions.Add(Session.Create(77, "same", "unit", 0, 0));
                    return true;
                },
                CancellationToken.None);
        })));
        created.Count(made => made).ShouldBe(1);
    }

    [Test]
    public async Task Gives_up_after_a_number_of_lost_attempts()
    {
        var id = await CreateSession();
        var attempts = 0;
        var error = await Should.ThrowAsync<UnavailableException>(() => services.InScope(scope =>
        {
            var db = scope.GetRequiredService<IAttachmentsDb>();
            return db.Change<bool>(
                _ =>
                {
                    attempts++;
                    throw new DbUpdateConcurrencyException("Always too late.");
                },
                CancellationToken.None);
        }));
        error.Code.ShouldBe("contended");
        attempts.ShouldBe(30);
        (await Points(id)).ShouldBeEmpty();
    }

    [Test]
    public async Task Leaves_nothing_of_a_change_that_fails()
    {
        var id = await CreateSession();
        await Should.ThrowAsync<ConflictException>(() => Change(id, session =>
        {
            session.Set("point", new ScalarValue("x"));
            throw new ConflictException("test", "The change fails.");
        }));
        (await Points(id)).ShouldBeEmpty();
    }

    private async Task<Guid> CreateSession()
    {
        var session = Session.Create(1, Guid.NewGuid().ToString(), "unit", 0, 0);
        await services.InScope(scope =>
        {
            var db = scope.GetRequiredService<IAttachmentsDb>();
            return db.Change(
                _ =>
                {
                    db.Sessions.Add(session);
                    return Task.FromResult(true);
                },
                CancellationToken.None);
        });
        return session.Id;
    }

    private Task Change(Guid id, Action<Session> act) => Change(id, session =>
    {
        act(session);
        return Task.CompletedTask;
    });

    private Task Change(Guid id, Func<Session, Task> act) => services.InScope(scope =>
    {
        var db = scope.GetRequiredService<IAttachmentsDb>();
        return db.Change(
            async token =>
            {
                await act(await db.Sessions.Include(session => session.Points).SingleAsync(session => session.Id == id, token));
                return true;
            },
            CancellationToken.None);
    });

    private Task<Dictionary<string, string?>> Points(Guid id) => services.InScope(
        scope => scope.GetRequiredService<IAttachmentsDb>().Sessions
            .Where(session => session.Id == id)
            .SelectMany(session => session.Points)
            .ToDictionaryAsync(point => point.Name, point => point.Scalar));
}
