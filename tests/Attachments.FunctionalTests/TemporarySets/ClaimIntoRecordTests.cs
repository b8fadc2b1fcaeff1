using System.Text.Json;
using Attachments.Api.Callers;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.TemporarySets;

internal sealed class ClaimIntoRecordTests
{
    private FormType forms = null!;
    private TemporarySet set = null!;

    private static RunningService Service => TestBed.Service;

    [SetUp]
    public async Task Prepare()
    {
        forms = FormType.New(Service.Admin);
        set = TemporarySet.New(Service.RecordsWriter);
        await forms.Have("57");
    }

    [Test]
    public async Task Moves_every_file_into_the_folder_under_its_file_name()
    {
        var (a, b) = (Files.Make(Files.Small, 1), Files.Make(Files.Large, 2));
        await forms.HaveFile("57", "photos/before.jpg", Files.Make(Files.Small, 3));
        await set.Have(("b", b), ("a", a));
        var answer = await Claim("photos");
        answer.Status.ShouldBe(200, answer.Text);
        var url = $"{Service.Address}api/records/{Uri.EscapeDataString(forms.Name)}/57/attachments/content/photos";
        answer.Json.ShouldBeJson(
            $$"""
            {"Record":{"FormType":"{{forms.Name}}","Id":"57","Attachments":[
              {"type":"attachment","id":"{{forms.Name}}/57/attachments/photos/a.jpg",
               "attributes":{"mimetype":"image/jpeg","size":{{a.Length}}},"links":{"content":"{{url}}/a.jpg"} },
              {"type":"attachment","id":"{{forms.Name}}/57/attachments/photos/b.jpg",
               "attributes":{"mimetype":"image/jpeg","size":{{b.Length}}},"links":{"content":"{{url}}/b.jpg"} }] } }
            """);
        (await forms.ListFiles("57")).ShouldBe(["photos/a.jpg", "photos/b.jpg", "photos/before.jpg"]);
        (await forms.Download("57", "photos/b.jpg")).Body.ShouldBe(b);
        (await set.Items()).ShouldBeEmpty();
        (await Claim("photos")).ShouldBeProblem(404, "temporary_set_not_found");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [TestCase("""{"Record":{"FormType":"FORM","Id":"57"}}""")]
    [TestCase("""{"Record":{"FormType":"FORM","Id":"57","Folder":null}}""")]
    public async Task Moves_them_to_the_root_without_a_folder(string body)
    {
        await set.Have("a");
        (await set.Claim(body.Replace("FORM", forms.Name, StringComparison.Ordinal))).Status.ShouldBe(200);
        (await forms.ListFiles("57")).ShouldBe(["a.jpg"]);
    }

    [Test]
    public async Task Moves_nothing_where_a_name_is_taken()
    {
        var before = Files.Make(Files.Small, 9);
        await forms.HaveFile("57", "photos/b.jpg", before);
        await set.Have("a", "b", "c");
        (await Claim("photos")).ShouldBeProblem(409, "file_exists");
        (await forms.ListFiles("57")).ShouldBe(["photos/b.jpg"]);
        (await forms.Download("57", "photos/b.jpg")).Body.ShouldBe(before);
        (await set.Names()).ShouldBe(["a", "b", "c"]);
    }

    [Test]
    public async Task Moves_nothing_where_a_name_is_in_the_set_twice()
    {
        await set.Have("a", "b");
        await set.Upload(Part.File("another", Files.Make(Files.Small, 4), "a.jpg"));
        (await Claim("photos")).ShouldBeProblem(409, "claim_name_ambiguous");
        (await forms.ListFiles("57")).ShouldBeEmpty();
        (await set.Items()).Count.ShouldBe(3);
    }

    [Test]
    public async Task Moves_nothing_into_a_record_that_is_not_there()
    {
        await set.Have("a");
        (await set.Claim($$$"""{"Record":{"FormType":"{{{forms.Name}}}","Id":"58"}}""")).ShouldBeProblem(404, "record_not_found");
        (await set.Names()).ShouldBe(["a"]);
    }

    [TestCase("..")]
    [TestCase("a/b")]
    [TestCase("")]
    public async Task Moves_nothing_into_what_is_no_folder(string folder)
    {
        await set.Have("a");
        (await Claim(folder)).ShouldBeProblem(400, "file_name_invalid");
        (await set.Names()).ShouldBe(["a"]);
    }

    [Test]
    public async Task Takes_the_scope_that_changing_records_takes()
    {
        var reader = TemporarySet.New(Service.ClientWith(Service.Sign(new TokenRequest("somebody") { Scope = "records:read" })));
        await reader.Have("a");
        (await reader.Claim(Body("photos"))).ShouldBeProblem(403, "records_forbidden");
        (await forms.ListFiles("57")).ShouldBeEmpty();
        (await reader.Names()).ShouldBe(["a"]);
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task Of_several_claims_of_one_name_at_once_one_wins()
    {
        var sets = Enumerable.Range(0, 6).Select(_ => TemporarySet.New(Service.RecordsWriter)).ToList();
        foreach (var each in sets)
        {
            await each.Have("same");
        }

        var answers = await Task.WhenAll(sets.Select(each => each.Claim(Body("photos"))));
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        answers.Count(answer => answer.Status == 409).ShouldBe(5, string.Join('\n', answers.Select(answer => answer.Text)));
        (await forms.ListFiles("57")).ShouldBe(["photos/same.jpg"]);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Files_claimed_while_the_record_is_deleted_go_with_it_or_stay_in_the_set()
    {
        for (var round = 0; round < 5; round++)
        {
            var mine = TemporarySet.New(Service.RecordsWriter);
            await mine.Have("a", "b");
            await forms.Put("race", "{}");
            var deleting = forms.Delete("race");
            var claim = await mine.Claim($$$"""{"Record":{"FormType":"{{{forms.Name}}}","Id":"race"}}""");
            (await deleting).ShouldBeDeleted();
            (await mine.Names()).ShouldBe(claim.Status == 200 ? [] : ["a", "b"]);
            (claim.Status is 200 or 404).ShouldBeTrue(claim.Text);
        }

        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    private Task<Answer> Claim(string folder) => set.Claim(Body(folder));

    private string Body(string folder) =>
        JsonSerializer.Serialize(new { Record = new { FormType = forms.Name, Id = "57", Folder = folder } });
}
