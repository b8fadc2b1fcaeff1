using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.TemporarySets;

/// <summary>Making sets, and taking files out of them.</summary>
[TestFixture]
internal sealed class DeleteTemporarySetTests : TemporarySetsFixture
{
    [Test]
    public async Task Makes_an_empty_set_with_an_id_of_its_own()
    {
        var answer = await Service.Member.Ask(HttpMethod.Post, "/api/temporaryattachmentsets");
        answer.Status.ShouldBe(201, answer.Text);
        answer.Field("Content-Type").ShouldBe("application/json; charset=utf-8");
        answer.Json.Names().ShouldBe(["Id", "Self"]);
        var self = answer.Json.Text("Self");
        self.ShouldBe($"{Service.Address}api/temporaryattachmentset/{answer.Json.Id()}");
        answer.Field("Location").ShouldBe(self);
        (await Service.Member.GetStringAsync(new Uri(self))).ShouldBe("""{"Items":[]}""");

        var set = new TemporarySet(Service.Other, answer.Json.Id());
        (await set.Upload(Part.File("a", [1]))).ShouldBeProblem(404, "temporary_set_not_found");
        (await set.As(Service.Member).Upload(Part.File("a", [1]))).Status.ShouldBe(201);
    }

    [Test]
    public async Task Makes_no_set_that_is_to_be_there_already() =>
        (await Service.Member.Ask(HttpMethod.Post, "/api/temporaryattachmentsets", null, ("If-Match", "*")))
            .ShouldBeProblem(412, "precondition_failed");

    [Test]
    public async Task Removes_one_file_and_leaves_the_others()
    {
        var items = await Set.Have("a", "b", "c");
        var answer = await Set.Remove(items[1].Id());
        answer.Status.ShouldBe(200);
        answer.Text.ShouldBe($$"""{"Id":"{{items[1].Id()}}"}""");
        (await Set.Names()).ShouldBe(["a", "c"]);
        (await Set.Remove(items[1].Id())).ShouldBeProblem(404, "attachment_not_found");
        (await Set.Read(items[1].Id())).ShouldBeProblem(404, "attachment_not_found");
        (await Set.Download(items[1].Id())).ShouldBeProblem(404, "attachment_not_found");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Set.Have("d"))[0].Text("Name").ShouldBe("d");
        (await Set.Names()).ShouldBe(["a", "c", "d"]);
    }

    [Test]
    public async Task Removes_only_the_file_that_the_preconditions_name()
    {
        var item = (await Set.Have("a"))[0];
        (await Set.Remove(item.Id(), ("If-Match", "\"another\""))).ShouldBeProblem(412, "precondition_failed");
        (await Set.Remove(item.Id(), ("If-Match", Files.Make(Files.Small, 0).EntityTag()))).Status.ShouldBe(200);
    }

    [Test]
    public async Task Drops_a_set_with_all_its_files()
    {
        var items = await Set.Have("a", "b");
        var answer = await Set.Drop();
        answer.Status.ShouldBe(200);
        answer.Text.ShouldBe($$"""{"Id":"{{Set.Id}}"}""");
        (await Set.List()).Text.ShouldBe("""{"Items":[]}""");
        (await Set.Download(items[0].Id())).ShouldBeProblem(404, "attachment_not_found");
        (await Set.Drop()).ShouldBeProblem(404, "temporary_set_not_found");
        (await Set.Claim("{}")).ShouldBeProblem(404, "temporary_set_not_found");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task A_dropped_id_is_as_if_never_used()
    {
        await Set.Have("a");
        (await Set.Drop()).Status.ShouldBe(200);
        await Set.As(Service.Other).Have("b");
        (await Set.As(Service.Other).Names()).ShouldBe(["b"]);
        (await Set.List()).ShouldBeProblem(404, "temporary_set_not_found");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Set.As(Service.Other).Names()).ShouldBe(["b"]);
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task Uploads_and_a_drop_at_once_leave_what_is_whole()
    {
        await Set.Have("before");
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            i => i % 4 == 3 ? Set.Drop() : Set.Upload(Part.File($"{i} a", [1]), Part.File($"{i} b", [2]))));
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i].Status.ShouldBeOneOf(i % 4 == 3 ? [200, 404] : [201]);
        }

        foreach (var pair in (await Set.Names()).Except(["before"]).Chunk(2))
        {
            pair[1].ShouldBe(pair[0].Replace('a', 'b'));
        }

        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }
}
