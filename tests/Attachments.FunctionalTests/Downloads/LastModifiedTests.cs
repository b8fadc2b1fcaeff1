using System.Globalization;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Downloads;

/// <summary>
/// Dates have whole seconds: no two files that were at one address may have the same (RFC 9110, sections 8.8.2.2 and 13.1.5).
/// </summary>
[TestFixture]
internal sealed class LastModifiedTests
{
    private const string Uuid = "s";
    private const string Point = "p";
    private const string Path = "f.bin";

    private static readonly byte[] Old = Files.Make(5000, 1);
    private static readonly byte[] New = Files.Make(5000, 2);
    private static readonly TimeSpan WithinTheSecond = TimeSpan.FromMilliseconds(300);

    private ManualTime time = null!;
    private RunningService service = null!;

    private static IEnumerable<Replacement> Replacements =>
    [
        .. ContentFamily.All.SelectMany(family => family.Writes.Where(write => write.Fate == Fate.IsReplaced).Select(write =>
            new Replacement(
                $"{family}: {write}",
                service => family.Store(service, Old),
                (service, file) => write.Send(service, file, New)))),
        InSession("deleted and uploaded", async (project, _) =>
        {
            (await project.Detach(Uuid, Point)).ShouldSucceed();
            return await project.Attach(Uuid, Point, Body.Raw(New));
        }),
        InSession("overwritten and uploaded", async (project, _) =>
        {
            (await project.Merge(Uuid, Body.Session($$"""  "data":{"{{Point}}":"text"}  """))).ShouldSucceed();
            return await project.Attach(Uuid, Point, Body.Raw(New));
        }),
        InSession("merged", (project, _) => project.Merge(Uuid, Body.Multipart(Part.File($"session[data][{Point}]", New)))),
        InSession("made anew in its place", (project, _) => project.Create(NewSession())),
        InSession("claimed", async (project, service) =>
        {
            var set = TemporarySet.New(service.Admin);
            (await set.Upload(Part.File(Point, New))).Status.ShouldBe(201);
            return await set.ClaimIntoSession(GetProjectId(project), Uuid);
        }),
        InRecord("deleted and uploaded", async (forms, _) =>
        {
            (await forms.Detach("1", Path)).ShouldBeDeleted();
            return await forms.Upload("1", Path, Body.Raw(New));
        }),
        InRecord("deleted and claimed", async (forms, service) =>
        {
            (await forms.Detach("1", Path)).ShouldBeDeleted();
            var set = TemporarySet.New(service.Admin);
            (await set.Upload(Part.File("any", New, Path))).Status.ShouldBe(201);
            return await set.Claim($$"""{"Record":{"FormType":"{{forms.Name}}","Id":"1"} }""");
        }),
        new(
            "owned: purged and uploaded",
            service => ((ContentFamily)new OwnedAttachmentsFamily()).Store(service, Old),
            async (service, file) =>
            {
                (await service.Admin.Ask(HttpMethod.Delete, file.Entry + "?content_only=true")).Status.ShouldBe(204);
                return await service.Admin.Ask(HttpMethod.Put, file.Entry, OwnedFiles.Form(New));
            }),
    ];

    [OneTimeSetUp]
    public async Task Start()
    {
        // Behind the clock by which tokens are checked, whatever the tests add to it.
        time = new ManualTime(DateTimeOffset.UtcNow.AddMinutes(-20));
        service = await TestBed.StartService(time);
    }

    [OneTimeTearDown]
    public async Task Stop() => await service.DisposeAsync();

    /// <summary>Another than any test has used, a fifth of which is over.</summary>
    [SetUp]
    public void BeginASecond() =>
        time.Advance(TimeSpan.FromSeconds(20.2) - TimeSpan.FromTicks(time.GetUtcNow().Ticks % TimeSpan.TicksPerSecond));

    [TestCaseSource(nameof(Replacements))]
    public async Task A_replaced_file_is_not_gone_on_with_by_its_date(Replacement replacement)
    {
        var file = await replacement.Store(service);
        var target = await GetTarget(file);
        var before = GetLastModified(await Get(target));
        await Within(WithinTheSecond, async () => (await replacement.Replace(service, file)).Status.ShouldBeInRange(200, 204));
        target = await GetTarget(file);
        (await GetPart(target, before)).ShouldBeWhole(New);
        (await Get(target, ("If-Modified-Since", before))).Status.ShouldBe(200);
        (await Get(target, ("If-Unmodified-Since", before))).Status.ShouldBe(412);

        await Within(TimeSpan.FromSeconds(10), async () =>
        {
            (await GetPart(target, before)).ShouldBeWhole(New);
            var after = GetLastModified(await Get(target));
            (DateTimeOffset.Parse(after) - DateTimeOffset.Parse(before)).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
            (await GetPart(target, after)).Status.ShouldBe(206);
        });
    }

    [Test]
    public async Task A_file_claimed_into_a_point_is_not_gone_on_with_by_the_date_of_one_before_that_was_stored_in_the_same_second()
    {
        var project = Project.New(service.Admin);
        await project.HaveFile(Uuid, Point, Old);
        var set = TemporarySet.New(service.Admin);
        (await set.Upload(Part.File(Point, New))).Status.ShouldBe(201);
        var before = GetLastModified(await project.Download(Uuid, Point));
        time.Advance(TimeSpan.FromMinutes(1));
        (await project.Delete(Uuid)).ShouldSucceed();
        time.Advance(TimeSpan.FromMinutes(1));
        await project.Have(Uuid);
        (await set.ClaimIntoSession(GetProjectId(project), Uuid)).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromMinutes(1));
        (await GetPart(project.Attachment(Uuid, Point), before)).ShouldBeWhole(New);
    }

    [Test]
    public async Task A_file_is_gone_on_with_by_its_date_once_the_second_is_over(
        [ValueSource(typeof(ContentFamily), nameof(ContentFamily.All))] object family)
    {
        var target = (await ((ContentFamily)family).Store(service, Old)).Target;
        var date = GetLastModified(await Get(target));
        (await GetPart(target, date)).ShouldBeWhole(Old);
        time.Advance(TimeSpan.FromMilliseconds(700));
        (await GetPart(target, date)).ShouldBeWhole(Old);
        time.Advance(TimeSpan.FromMilliseconds(100));
        (await GetPart(target, date)).Status.ShouldBe(206);
    }

    /// <summary>Each of many has a date of its own, and none that is a date of the future to those who read it.</summary>
    [Test]
    public async Task Many_files_that_replace_each_other_within_a_second_have_no_date_in_common()
    {
        var project = Project.New(service.Admin);
        await project.HaveFile(Uuid, Point, Files.Make(10, 0));
        var target = project.Attachment(Uuid, Point);
        var dates = new List<string>();
        for (var seed = 1; seed < 5; seed++)
        {
            (await project.Attach(Uuid, Point, Body.Raw(Files.Make(10, seed)))).ShouldSucceed();
            dates.Add(GetLastModified(await Get(target)));
        }

        dates.Distinct().Count().ShouldBe(1, "The second is not over yet.");
        time.Advance(TimeSpan.FromSeconds(10));
        GetLastModified(await Get(target)).ShouldNotBe(dates[0]);
        (await GetPart(target, dates[0])).Status.ShouldBe(200);
    }

    [Test]
    public async Task A_date_that_a_clock_gave_that_was_far_ahead_is_not_gone_on_from()
    {
        var project = Project.New(service.Admin);
        await project.Have(Uuid);
        time.Advance(TimeSpan.FromDays(3));
        (await project.Attach(Uuid, Point, Body.Raw(Old))).ShouldSucceed();
        time.Advance(TimeSpan.FromDays(-3));
        (await project.Attach(Uuid, Point, Body.Raw(New))).ShouldSucceed();
        time.Advance(TimeSpan.FromSeconds(10));
        (await GetPart(project.Attachment(Uuid, Point), GetLastModified(await Get(project.Attachment(Uuid, Point))))).Status.ShouldBe(206);
    }

    [Test]
    public async Task An_entry_changed_twice_in_a_second_is_not_taken_for_the_one_before()
    {
        var files = OwnedFiles.OfAdmin(service);
        var id = await files.Have(Old);
        var before = GetLastModified(await files.Get(id));
        (await files.Patch(id, Body.Multipart(Part.Field("description", "first")))).ShouldBeEntry();
        (await files.Get(id, ("If-Modified-Since", before))).Status.ShouldBe(200);
        (await files.Patch(id, Body.Multipart(Part.Field("description", "lost")), ("If-Unmodified-Since", before)))
            .ShouldBeProblem(412, "precondition_failed");
        time.Advance(TimeSpan.FromSeconds(10));
        (await files.Get(id, ("If-Modified-Since", before))).Status.ShouldBe(200);
        (await files.Get(id, ("If-Modified-Since", GetLastModified(await files.Get(id))))).Status.ShouldBe(304);
    }

    private async Task Within(TimeSpan time, Func<Task> act)
    {
        this.time.Advance(time);
        await act();
    }

    /// <summary>The address of an owned file is its entry's to say.</summary>
    private async Task<string> GetTarget(KeptFile file) => file.Entry.StartsWith(OwnedFiles.Collection, StringComparison.Ordinal)
        ? (await service.Admin.Ask(HttpMethod.Get, file.Entry)).Json.GetProperty("download_url").GetString()!
        : file.Target;

    private Task<Answer> Get(string target, params (string, string)[] fields) =>
        service.Admin.Ask(HttpMethod.Get, target, null, fields);

    private Task<Answer> GetPart(string target, string date) => Get(target, ("Range", "bytes=2500-"), ("If-Range", date));

    private static string GetLastModified(Answer answer)
    {
        answer.Status.ShouldBe(200, answer.Text);
        var date = answer.Field("Last-Modified").ShouldNotBeNull();
        DateTimeOffset.Parse(date).ShouldBeLessThanOrEqualTo(DateTimeOffset.Parse(answer.Field("Date")!));
        return date;
    }

    private static long GetProjectId(Project project) => long.Parse(project.Sessions.Split('/')[4], CultureInfo.InvariantCulture);

    private static HttpContent NewSession() => Body.Multipart(
        Part.Field("session[uuid]", Uuid), Part.Field("session[unit_id]", "u"),
        Part.File($"session[data][{Point}]", New));

    private static Replacement InSession(string name, Func<Project, RunningService, Task<Answer>> replace)
    {
        Project? project = null;
        return new Replacement(
            $"session: {name}",
            async service =>
            {
                project = Project.New(service.Admin);
                await project.HaveFile(Uuid, Point, Old);
                var target = project.Attachment(Uuid, Point);
                return new KeptFile(target, target, project.Session(Uuid));
            },
            (service, _) => replace(project!, service));
    }

    private static Replacement InRecord(string name, Func<FormType, RunningService, Task<Answer>> replace)
    {
        FormType? forms = null;
        return new Replacement(
            $"record: {name}",
            async service =>
            {
                forms = FormType.New(service.Admin);
                await forms.Have("1");
                await forms.HaveFile("1", Path, Old);
                return new KeptFile(forms.Content("1", Path), $"{forms.Attachments("1")}/{Path}", forms.Record("1"));
            },
            (service, _) => replace(forms!, service));
    }

    /// <summary>Something that puts another file in the place of one.</summary>
    internal sealed record Replacement(
        string Name, Func<RunningService, Task<KeptFile>> Store, Func<RunningService, KeptFile, Task<Answer>> Replace)
    {
        public override string ToString() => Name;
    }
}

internal static class WholeFileAssertions
{
    public static void ShouldBeWhole(this Answer answer, byte[] file)
    {
        answer.Status.ShouldBe(200, answer.Text);
        answer.Body.ShouldBe(file);
    }
}
