using System.Globalization;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

/// <summary>Writers at once: each succeeds or fails as a whole, and no file is left without an owner.</summary>
[TestFixture]
[Category(TestBed.Race)]
internal sealed class ConcurrentWritersTests : SessionsFixture
{
    private const int Clients = 16;

    // Of many who replace one session at once, each time but one can win; who loses too often is told to try again.
    private const int Contended = 503;

    [TestCase(Files.Small)]
    [TestCase(Files.Large)]
    public async Task The_last_of_many_files_in_one_point_stands(int length)
    {
        await Project.Have(Uuid);
        var files = Enumerable.Range(0, Clients).Select(seed => Files.Make(length, seed)).ToList();
        var answers = await Task.WhenAll(files.Select(file => Project.Attach(Uuid, "p", Body.Raw(file))));
        ShouldAllBe(answers, 200);
        (await Project.Get(Uuid)).ShouldSucceed().GetProperty("data").Names().ShouldBe(["p"]);
        ShouldBeOneOf(files, await Whole("p"));
    }

    [Test]
    public async Task Files_in_different_points_of_one_session_all_stand()
    {
        await Project.Have(Uuid);
        var files = Enumerable.Range(0, Clients)
            .ToDictionary(seed => $"p{seed:00}", seed => Files.Make(seed % 2 == 0 ? Files.Small : Files.Large, seed));
        var answers = await Task.WhenAll(files.Select(file => Project.Attach(Uuid, file.Key, Body.Raw(file.Value))));
        ShouldAllBe(answers, 200);
        foreach (var (point, file) in files)
        {
            (await Whole(point)).ShouldBe(file);
        }
    }

    [Test]
    public async Task A_point_that_is_written_and_deleted_at_once_is_one_or_the_other()
    {
        await Project.HaveFile(Uuid, "p", Files.Make(Files.Small, 99));
        var files = Enumerable.Range(0, Clients / 2).Select(seed => Files.Make(Files.Small, seed)).ToList();
        var answers = await Task.WhenAll(files.SelectMany(
            file => new[] { Project.Attach(Uuid, "p", Body.Raw(file)), Project.Detach(Uuid, "p") }));
        ShouldAllBe(answers, 200, 404);
        await ShouldHoldOneOf(files);
    }

    [Test]
    public async Task Only_one_of_many_creates_what_must_not_be_there()
    {
        await Project.Have(Uuid);
        var files = Enumerable.Range(0, Clients).Select(seed => Files.Make(Files.Small, seed)).ToList();
        var answers = await Task.WhenAll(files.Select(file => Project.Attach(Uuid, "p", Body.Raw(file), ("If-None-Match", "*"))));
        ShouldAllBe(answers, 200, 412);
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        (await Whole("p")).ShouldBe(files[answers.ToList().FindIndex(answer => answer.Status == 200)]);
    }

    [Test]
    public async Task Replacements_of_one_session_leave_one_of_them_whole()
    {
        var files = Enumerable.Range(0, Clients).Select(seed => Files.Make(seed % 2 == 0 ? Files.Small : Files.Large, seed)).ToList();
        var answers = await Task.WhenAll(files.Select((file, i) => Project.Create(Replacement($"unit {i}", file))));
        ShouldAllBe(answers, 200, Contended);
        var unit = (await Project.Get(Uuid)).ShouldSucceed().GetProperty("unit_id").GetString();
        var i = int.Parse(unit!["unit ".Length..], null);
        (await Whole("p")).ShouldBe(files[i]);
        (await Project.List()).ShouldSucceed().GetArrayLength().ShouldBe(1);
    }

    [Test]
    public async Task A_session_replaced_while_files_are_attached_to_it_is_whole()
    {
        await Project.HaveFile(Uuid, "p", Files.Make(Files.Small, 99));
        var files = Enumerable.Range(0, Clients).Select(seed => Files.Make(seed % 3 == 0 ? Files.Large : Files.Small, seed)).ToList();
        var answers = await Task.WhenAll(files.Select((file, i) => (i % 4) switch
        {
            0 => Project.Create(Replacement("u", file)),
            1 => Project.Merge(Uuid, Body.Multipart(Part.File("session[data][p]", file))),
            _ => Project.Attach(Uuid, "p", Body.Raw(file)),
        }));
        ShouldAllBe(answers, 200, Contended);
        ShouldBeOneOf(files.Where((_, i) => answers[i].Status == 200), await Whole("p"));
    }

    [Test]
    [Repeat(5)]
    public async Task A_point_that_is_given_values_of_all_kinds_at_once_has_one_of_them()
    {
        await Project.Have(Uuid);
        var file = Files.Make(Files.Small);
        var answers = await Task.WhenAll(Enumerable.Range(0, 3 * Clients).Select(i => (i % 3) switch
        {
            0 => Project.Merge(Uuid, Body.Point("\"scalar\"")),
            1 => Project.Merge(Uuid, Body.Point("""{"rawData":"AAAA"}""")),
            _ => Project.Attach(Uuid, "p", Body.Raw(file)),
        }));
        ShouldAllBe(answers, 200);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task A_session_deleted_while_files_are_attached_to_it_is_gone_or_whole()
    {
        await Project.Have(Uuid);
        var files = Enumerable.Range(0, Clients).Select(seed => Files.Make(Files.Small, seed)).ToList();
        var answers = await Task.WhenAll(files.Select((file, i) => (i % 4) switch
        {
            0 => Project.Create(Replacement("u", file)),
            1 => Project.Delete(Uuid),
            _ => Project.Attach(Uuid, "p", Body.Raw(file)),
        }));
        ShouldAllBe(answers, 200, 404, Contended);
        await ShouldHoldOneOf(files);
    }

    [Test]
    [Repeat(10)]
    public async Task Merges_into_a_fresh_session_all_succeed()
    {
        var project = Project.New(Service.Admin);
        await project.Have(Uuid);
        var merge = """  "data":{"a":"1","b":{"rawData":"AQ=="} }  """;
        ShouldAllBe(await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => project.Merge(Uuid, Body.Session(merge)))), 200);
        (await project.Get(Uuid)).ShouldSucceed().GetProperty("data").Names().ShouldBe(["a", "b"]);
    }

    [Test]
    [Repeat(3)]
    public async Task Merges_claims_and_attachments_of_the_same_points_all_succeed()
    {
        var project = Project.New(Service.Admin);
        await project.Have(Uuid);
        var sets = await Task.WhenAll(Enumerable.Range(0, 4).Select(async seed =>
        {
            var set = TemporarySet.New(Service.Admin);
            (await set.Upload(Part.File("a", Files.Make(Files.Small, seed)), Part.File("b", Files.Make(Files.Small, seed + 10)))).Status
                .ShouldBe(201);
            return set;
        }));
        var projectId = long.Parse(project.Sessions.Split('/')[4], CultureInfo.InvariantCulture);
        ShouldAllBe(
            await Task.WhenAll(
            [
                .. Enumerable.Range(0, 8).Select(i => project.Merge(Uuid, Body.Session($$"""  "data":{"a":"{{i}}","b":"{{i}}"}  """))),
                .. sets.Select(set => set.ClaimIntoSession(projectId, Uuid)),
                .. Enumerable.Range(0, 2).Select(seed => project.Attach(Uuid, "a", Body.Raw(Files.Make(Files.Small, seed)))),
            ]),
            200);
        (await project.Get(Uuid)).ShouldSucceed().GetProperty("data").Names().ShouldBe(["a", "b"]);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Of_many_who_claim_one_set_all_but_one_are_told_that_there_is_none()
    {
        await Project.Have(Uuid);
        var set = TemporarySet.New(Service.Admin);
        var item = (await set.Upload(Part.File("a", Files.Make(Files.Small, 1)))).Json[0].Id();
        var projectId = long.Parse(Project.Sessions.Split('/')[4], CultureInfo.InvariantCulture);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(_ => set.ClaimIntoSession(projectId, Uuid, (item, "p"))));
        ShouldAllBe(answers, 200, 404);
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
    }

    private static HttpContent Replacement(string unit, byte[] file) => Body.Multipart(
        Part.File("session[data][p]", file), Part.Field("session[uuid]", Uuid), Part.Field("session[unit_id]", unit));

    private static void ShouldAllBe(Answer[] answers, params int[] statuses)
    {
        foreach (var answer in answers)
        {
            statuses.ShouldContain(answer.Status, answer.Text);
            if (answer.Status == Contended)
            {
                answer.ShouldBeProblem(Contended, "contended");
            }
        }

        answers.ShouldContain(answer => answer.Status == 200);
    }

    private static void ShouldBeOneOf(IEnumerable<byte[]> files, byte[] found) => files.ShouldContain(file => file.SequenceEqual(found));

    private async Task ShouldHoldOneOf(List<byte[]> files)
    {
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        var answer = await Project.Download(Uuid, "p");
        if (answer.Status == 200)
        {
            ShouldBeOneOf(files, answer.Body);
        }
        else
        {
            answer.Status.ShouldBe(404);
        }
    }

    /// <summary>The bytes in a point after a sweep, which are those that the session says.</summary>
    private async Task<byte[]> Whole(string point)
    {
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        var file = await Project.FileIn(Uuid, point);
        var shown = (await Project.Get(Uuid)).ShouldSucceed().GetProperty("data").GetProperty(point);
        shown.GetProperty("md5").GetString().ShouldBe(file.Md5());
        return file;
    }
}
