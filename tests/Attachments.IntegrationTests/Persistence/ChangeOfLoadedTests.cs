using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Sessions;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Persistence;

[TestFixture]
internal sealed class ChangeOfLoadedTests
{
    private TestServices services = null!;
    private int loads;

    [OneTimeSetUp]
    public async Task Start() => services = await TestServices.Start();

    [OneTimeTearDown]
    public async Task Stop() => await services.DisposeAsync();

    [SetUp]
    public async Task Store()
    {
        loads = 0;
        await Sql.Execute(services.ConnectionString, "DELETE FROM sessions");
        await services.InScope(scope =>
        {
            var db = scope.GetRequiredService<IAttachmentsDb>();
            return db.Change(_ => Task.FromResult(db.Sessions.Add(Session.Create(1, "session", "unit", 0, 0))), CancellationToken.None);
        });
    }

    [Test]
    public async Task Acts_on_what_it_loaded_where_the_wait_was_short()
    {
        await Attach("point", _ => { }, () => Task.CompletedTask);
        loads.ShouldBe(1);
        (await Points()).ShouldBe(["point"]);
    }

    [Test]
    public async Task Loads_anew_where_the_wait_was_long()
    {
        await Attach("point", _ => { }, async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300));
            await Attach("faster", _ => { }, () => Task.CompletedTask);
        });
        loads.ShouldBe(3);
        (await Points()).ShouldBe(["faster", "point"]);
    }

    [Test]
    public async Task Loads_anew_where_another_was_faster()
    {
        var seen = new List<int>();
        await Attach("point", session => seen.Add(session.PointCount), () => AttachByHand("faster"));
        seen[^1].ShouldBe(1);
        (await Points()).ShouldBe(["faster", "point"]);
    }

    [Test]
    public async Task Waits_for_nothing_where_it_is_refused()
    {
        var waited = false;
        await Should.ThrowAsync<ConflictException>(() => Attach("point", _ => throw new ConflictException("no", "No."), () =>
        {
            waited = true;
            return Task.CompletedTask;
        }));
        waited.ShouldBeFalse();
    }

    [Test]
    public async Task Changes_nothing_where_what_it_waited_for_failed()
    {
        await Should.ThrowAsync<IOException>(() => Attach("point", _ => { }, () => Task.FromException(new IOException())));
        (await Points()).ShouldBeEmpty();
    }

    private Task Attach(string point, Action<Session> check, Func<Task> wait) => services.InScope(async scope =>
    {
        var db = scope.GetRequiredService<IAttachmentsDb>();
        await db.Change(
            token =>
            {
                loads++;
                return db.Sessions.SingleAsync(token);
            },
            check,
            async () =>
            {
                await wait();
                return point;
            },
            (session, name, _) =>
            {
                session.Set(name, new ScalarValue("1"));
                return Task.FromResult(true);
            },
            CancellationToken.None);
    });

    /// <summary>In no time, unlike one that starts a scope of its own.</summary>
    private Task AttachByHand(string point) => Sql.Execute(
        services.ConnectionString,
        $"""
        UPDATE sessions SET revision = revision + 1, point_count = point_count + 1;
        INSERT INTO session_points (session_id, name, scalar) SELECT id, '{point}', '1' FROM sessions;
        """);

    private Task<List<string>> Points() => services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Sessions
        .SelectMany(session => session.Points)
        .Select(point => point.Name)
        .OrderBy(name => name)
        .ToListAsync());
}
