using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using Attachments.Application.Sessions;
using Attachments.Application.TemporarySets;
using Attachments.Application.TemporarySets.Claims;
using Attachments.Domain.Sessions;
using Attachments.Infrastructure.Persistence;
using Attachments.IntegrationTests.Support;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Sessions;

/// <summary>Points that are given other values, of which a session may have more than should be in memory.</summary>
[TestFixture]
internal sealed class ReplacedPointsTests
{
    private const string Uuid = "s";

    private TestServices services = null!;

    [SetUp]
    public async Task Start()
    {
        services = await TestServices.Start();
        await services.InScope(async scope =>
        {
            var context = scope.GetRequiredService<AttachmentsDbContext>();
            var session = Session.Create(7, Uuid, "unit", 1, 2);
            session.Set("name 1", new RawDataValue(new byte[1000]));
            session.Set("name 2", new ScalarValue("replaced"));
            session.Set("kept", new RawDataValue([1]));
            context.Sessions.Add(session);
            await context.SaveChangesAsync();
        });
    }

    [TearDown]
    public async Task Stop() => await services.DisposeAsync();

    [Test]
    public async Task Are_not_loaded_when_a_session_is_merged_into()
    {
        await LoadingNoBytes(mediator => mediator.Send(
            new UpdateSession(7, Uuid, Entries(), Preconditions.None)));
        (await Points()).ShouldBe(["kept: 1", "name 1: now a scalar", "name 2: 2", "new: 3"]);
        (await Count()).ShouldBe(4);
    }

    [Test]
    public async Task Are_not_loaded_when_files_are_claimed_into_them()
    {
        var set = await services.HaveSet(3, services.Time.GetUtcNow());
        var target = new SessionTarget(7, Uuid, new Dictionary<Guid, string>());
        await LoadingNoBytes(mediator => mediator.Send(
            new ClaimTemporarySet(set, _ => Task.FromResult<ClaimTarget>(target), Preconditions.None)));
        (await Points()).ShouldBe(["kept: 1", "name 1: file", "name 2: file", "name 3: file"]);
        (await Count()).ShouldBe(4);
    }

    [Test]
    public async Task Stay_where_the_others_cannot_be_saved()
    {
        var set = await services.HaveSet(2, services.Time.GetUtcNow());
        var unstorable = new SessionTarget(7, Uuid, await PointOfTheLast(set, "."));
        await Should.ThrowAsync<Domain.DomainException>(() => LoadingNoBytes(mediator => mediator.Send(
            new ClaimTemporarySet(set, _ => Task.FromResult<ClaimTarget>(unstorable), Preconditions.None))));
        (await Points()).ShouldBe(["kept: 1", $"name 1: {string.Join(',', new byte[1000])}", "name 2: replaced"]);
        (await Count()).ShouldBe(3);
    }

    private static async IAsyncEnumerable<SessionEntry> Entries()
    {
        yield return new ValuePoint("name 1", new ScalarValue("now a scalar"));
        yield return new ValuePoint("name 2", new RawDataValue([2]));
        yield return new ValuePoint("new", new RawDataValue([3]));
        await Task.CompletedTask;
    }

    private Task LoadingNoBytes(Func<IMediator, Task> act) => services.InScope(async scope =>
    {
        var loaded = new List<string>();
        scope.GetRequiredService<AttachmentsDbContext>().ChangeTracker.Tracked += (_, tracked) =>
        {
            if (tracked is { FromQuery: true, Entry.Entity: Point { BlobId: null } point })
            {
                loaded.Add(point.Name);
            }
        };
        await act(scope.GetRequiredService<IMediator>());
        loaded.ShouldBeEmpty();
    });

    private Task<Dictionary<Guid, string>> PointOfTheLast(Guid set, string point) => services.InScope(async scope =>
    {
        var last = await scope.GetRequiredService<IAttachmentsDb>().TemporaryItems
            .Where(item => item.Set.TemporaryId == set)
            .OrderBy(item => item.Ordinal)
            .LastAsync();
        return new Dictionary<Guid, string> { [last.Id] = point };
    });

    private Task<List<string>> Points() => services.InScope(async scope =>
    {
        var points = await scope.GetRequiredService<AttachmentsDbContext>().Sessions
            .SelectMany(session => session.Points)
            .OrderBy(point => point.Name)
            .AsNoTracking()
            .ToListAsync();
        return points.ConvertAll(point => $"{point.Name}: {point.Scalar ?? (point.RawData is { } raw ? string.Join(',', raw) : "file")}");
    });

    private Task<int> Count() => services.InScope(scope =>
        scope.GetRequiredService<AttachmentsDbContext>().Sessions.Select(session => session.PointCount).SingleAsync());
}
