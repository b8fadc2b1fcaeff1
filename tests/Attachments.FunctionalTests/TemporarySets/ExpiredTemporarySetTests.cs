using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.TemporarySets;

/// <summary>Sets whose time is over, by a clock that is moved by hand.</summary>
[TestFixture]
internal sealed class ExpiredTemporarySetTests
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);
    private static readonly TimeSpan Almost = TimeToLive - TimeSpan.FromSeconds(1);

    private ManualTime time = null!;
    private RunningService service = null!;
    private TemporarySet set = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        time = new ManualTime(DateTimeOffset.UtcNow);
        service = await TestBed.StartService(time, "--TemporarySets:TimeToLive=01:00:00", "--Storage:ReclaimAfter=00:00:00");
    }

    [OneTimeTearDown]
    public async Task Stop() => await service.DisposeAsync();

    [SetUp]
    public void NewSet() => set = TemporarySet.New(service.Member);

    [Test]
    public async Task Is_gone_at_once_for_every_reader()
    {
        var item = (await set.Have("a"))[0].Id();
        time.Advance(Almost);
        (await set.Names()).ShouldBe(["a"]);
        (await set.Download(item)).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromSeconds(1));
        (await set.List()).Text.ShouldBe("""{"Items":[]}""");
        (await set.As(service.Other).List()).Text.ShouldBe("""{"Items":[]}""");
        (await set.Read(item)).ShouldBeProblem(404, "attachment_not_found");
        (await set.Download(item)).ShouldBeProblem(404, "attachment_not_found");
        (await set.Remove(item)).ShouldBeProblem(404, "temporary_set_not_found");
        (await set.Drop()).ShouldBeProblem(404, "temporary_set_not_found");
        (await set.ClaimIntoSession(7, "s")).ShouldBeProblem(404, "temporary_set_not_found");
        (await service.Sweep()).TemporarySets.ShouldBeGreaterThan(0);
        await service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Lives_on_by_every_upload()
    {
        await set.Have("a");
        time.Advance(Almost);
        await set.Have("b");
        time.Advance(Almost);
        (await set.Names()).ShouldBe(["a", "b"]);
        (await set.Drop()).Status.ShouldBe(200);
    }

    [Test]
    public async Task Reading_and_removing_do_not_prolong_it()
    {
        var item = (await set.Have("a", "b"))[0].Id();
        time.Advance(Almost);
        (await set.Names()).Count.ShouldBe(2);
        (await set.Remove(item)).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromSeconds(1));
        (await set.Items()).ShouldBeEmpty();
    }

    [Test]
    public async Task Counts_from_its_making_when_nothing_was_uploaded()
    {
        var made = await service.Member.Ask(HttpMethod.Post, "/api/temporaryattachmentsets");
        var empty = new TemporarySet(service.Other, made.Json.Id());
        time.Advance(Almost);
        (await empty.List()).ShouldBeProblem(404, "temporary_set_not_found");
        time.Advance(TimeSpan.FromSeconds(1));
        (await empty.List()).Status.ShouldBe(200);
    }

    [Test]
    public async Task An_upload_makes_it_anew_and_for_another([Values] bool swept)
    {
        await set.Have("old");
        time.Advance(TimeToLive);
        if (swept)
        {
            await service.Sweep();
        }

        var theirs = set.As(service.Other);
        (await theirs.Upload(Body.Multipart(Part.File("new", [1])), ("If-None-Match", "*"))).Status.ShouldBe(201);
        (await theirs.Names()).ShouldBe(["new"]);
        (await set.List()).ShouldBeProblem(404, "temporary_set_not_found");
        await service.ShouldKeepOnlyWhatIsReferredTo();
        (await theirs.Names()).ShouldBe(["new"]);
        (await theirs.Drop()).Status.ShouldBe(200);
    }

    [Test]
    public async Task An_upload_during_which_it_expires_makes_it_anew_or_is_refused([Values] bool mustBeThere, [Values] bool swept)
    {
        var mine = set.As(service.Admin);
        await mine.Have("old");
        var body = Body.MultipartBytes(Part.File("a", Files.Make(Files.Large)), Part.File("b", [2]));
        string[] condition = mustBeThere ? ["If-Match: *"] : [];
        await using var connection = await service.Connect();
        await connection.Send(service.RequestHead(
            "POST",
            set.Address,
            [$"Content-Type: {Body.MultipartType}", $"Content-Length: {body.Length}", "Expect: 100-continue", .. condition]));

        // The body is asked for, so the set has been found.
        (await connection.ReadAnswer()).Status.ShouldBe(100);
        await connection.Send(body[..500_000]);
        await service.WaitForPendingBlob();
        time.Advance(TimeToLive);
        if (swept)
        {
            await service.Sweep();
        }

        await connection.Send(body[500_000..]);
        (await connection.ReadAnswer()).Status.ShouldBe(mustBeThere ? 412 : 201);
        (await mine.Names()).ShouldBe(mustBeThere ? [] : ["a", "b"]);
        await service.ShouldKeepOnlyWhatIsReferredTo();
        (await mine.Names()).ShouldBe(mustBeThere ? [] : ["a", "b"]);
    }

    [Test]
    public async Task A_claim_during_which_it_expires_is_refused_as_a_whole([Values] bool swept)
    {
        var mine = set.As(service.Admin);
        await mine.Have("a", "b");
        var project = Project.New(service.Admin);
        await project.HaveFile("s", "a", Files.Make(Files.Small, 9));
        var before = (await project.Get("s")).ShouldSucceed();
        var id = before.GetProperty("project_id").GetInt64();
        var body = $$"""{"Session":{"ProjectId":{{id}},"Uuid":"s"} }""";
        await using var connection = await service.Connect();
        await connection.Send(service.RequestHead(
            "POST", $"{set.Address}/claim", "Content-Type: application/json", $"Content-Length: {body.Length}", "Expect: 100-continue"));
        (await connection.ReadAnswer()).Status.ShouldBe(100);
        time.Advance(TimeToLive);
        if (swept)
        {
            await service.Sweep();
        }

        await connection.Send(body);
        (await connection.ReadAnswer()).ShouldBeProblem(404, "temporary_set_not_found");
        (await project.Get("s")).ShouldSucceedWith(before.GetRawText());
        await service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Claims_while_the_sweeper_ends_it_move_all_or_nothing()
    {
        for (var round = 0; round < 8; round++)
        {
            var fresh = TemporarySet.New(service.Member);
            await fresh.Have("a", "b", "c");
            var project = Project.New(service.Admin);
            await project.Have("s");
            time.Advance(Almost);
            var id = (await project.Get("s")).ShouldSucceed().GetProperty("project_id").GetInt64();
            var claim = fresh.As(service.Admin).ClaimIntoSession(id, "s");
            time.Advance(TimeSpan.FromSeconds(1));
            await service.Sweep();
            var answer = await claim;
            answer.Status.ShouldBeOneOf(200, 404);
            (await project.ListAttachments("s")).ShouldSucceed().GetArrayLength().ShouldBe(answer.Status == 200 ? 3 : 0);
            (await fresh.Items()).ShouldBeEmpty();
        }

        await service.ShouldKeepOnlyWhatIsReferredTo();
    }
}
