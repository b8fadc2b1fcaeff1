using Attachments.Api.Callers;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.TemporarySets;

internal sealed class ClaimAsOwnedTests
{
    private static RunningService Service => TestBed.Service;

    [Test]
    public async Task Makes_an_attachment_of_each_file_which_belongs_to_the_owner_of_the_set()
    {
        var user = Guid.NewGuid();
        var client = CreateClient(user, 3);
        var set = new TemporarySet(client, Guid.NewGuid().ToString());
        var (a, b) = (Files.Make(Files.Small, 1), Files.Make(Files.Large, 2));
        await set.Have(("b", b), ("a", a));
        var answer = await set.Claim("""{"Owned":{"OwnedByOrg":3}}""");
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.Names().ShouldBe(["Owned"]);
        var made = answer.Json.GetProperty("Owned").EnumerateArray().ToList();
        made.Select(entry => entry.Text("filename")).ShouldBe(["b.jpg", "a.jpg"]);
        made.Select(entry => entry.Text("description")).ShouldBe(["b", "a"]);
        made.ShouldAllBe(entry => entry.Text("owned_by_user") == user.ToString() && entry.GetProperty("owned_by_org").GetInt64() == 3);

        foreach (var (entry, bytes) in made.Zip([b, a]))
        {
            (await client.Ask(HttpMethod.Get, $"/v1/attachments/{entry.GetProperty("id")}")).ShouldBeEntry()
                .ShouldBeJson(entry.GetRawText());
            var download = await client.Ask(HttpMethod.Get, entry.Text("download_url"));
            download.Body.ShouldBe(bytes);
            download.Field("Content-Type").ShouldBe("image/jpeg");
        }

        (await set.Items()).ShouldBeEmpty();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [TestCase("""{"Owned":{}}""")]
    [TestCase("""{"Owned":{"OwnedByOrg":null}}""")]
    public async Task Shares_them_with_nobody_without_an_organisation(string body)
    {
        var set = new TemporarySet(CreateClient(Guid.NewGuid()), Guid.NewGuid().ToString());
        await set.Have("a");
        var answer = await set.Claim(body);
        answer.Json.GetProperty("Owned")[0].RawText("owned_by_org").ShouldBe("null");
    }

    [Test]
    public async Task Moves_nothing_for_an_organisation_that_is_not_the_callers()
    {
        var set = new TemporarySet(CreateClient(Guid.NewGuid(), 4), Guid.NewGuid().ToString());
        await set.Have("a");
        (await set.Claim("""{"Owned":{"OwnedByOrg":3}}""")).ShouldBeProblem(403, "organisation_forbidden");
        (await set.Names()).ShouldBe(["a"]);
    }

    [Test]
    public async Task What_an_admin_claims_of_another_stays_the_others()
    {
        var user = Guid.NewGuid();
        var set = new TemporarySet(CreateClient(user), Guid.NewGuid().ToString());
        await set.Have("a");
        var answer = await set.As(Service.Admin).Claim("""{"Owned":{"OwnedByOrg":77}}""");
        answer.Json.GetProperty("Owned")[0].Text("owned_by_user").ShouldBe(user.ToString());
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task Of_several_claims_at_once_one_wins()
    {
        var set = new TemporarySet(CreateClient(Guid.NewGuid()), Guid.NewGuid().ToString());
        await set.Have("a", "b");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => set.Claim("""{"Owned":{}}""")));
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        answers.Count(answer => answer.Status is 404 or 409).ShouldBe(5);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    private static HttpClient CreateClient(Guid user, params long[] organisations) =>
        Service.ClientWith(Service.Sign(new TokenRequest(user.ToString()) { Organisations = organisations }));
}
