using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads;

/// <summary>The media type that a file is kept with, in every family.</summary>
[TestFixture]
internal sealed class MediaTypeTests
{
    private static readonly string[] Types =
    [
        "text/plain; charset=Shift_JIS",
        "text/csv; header=absent; charset=\"iso-8859-1\"",
        "video/mp4; codecs=\"avc1.640028, mp4a.40.2\"",
        "application/vnd.oasis.opendocument.text",
    ];

    private static RunningService Service => TestBed.Service;

    private static IEnumerable<TestCaseData> Kept =>
        from family in ContentFamily.All
        from type in Types
        select new TestCaseData(family, type).SetArgDisplayNames($"{family} {type}");

    private static IEnumerable<TestCaseData> Claims => Types.Select(type => new TestCaseData(type).SetArgDisplayNames(type));

    [TestCaseSource(nameof(Kept))]
    public async Task Keeps_its_parameters(ContentFamily family, string type)
    {
        var file = await family.Store(Service, [1], mediaType: type);
        (await Service.Admin.Ask(HttpMethod.Get, file.Target)).Field("Content-Type").ShouldBe(family.TypeServed(type));
    }

    [TestCaseSource(nameof(Claims))]
    public async Task Keeps_its_parameters_when_it_replaces_another(string type)
    {
        var files = OwnedFiles.OfAdmin(Service);
        var id = await files.Have([1]);
        (await files.Put(id, Body.Multipart(new Part("; name=file; filename=a", [2], $"Content-Type: {type}")))).ShouldBeEntry();
        (await files.Download(id)).Field("Content-Type").ShouldBe(type);
    }

    [TestCaseSource(nameof(Claims))]
    public async Task Keeps_its_parameters_when_it_is_claimed_as_an_owned_attachment(string type)
    {
        var claimed = (await Claim(type, """{"Owned":{} }""")).Json.GetProperty("Owned")[0];
        await ShouldBeServedAs(type, claimed.GetProperty("download_url").GetString()!);
    }

    [TestCaseSource(nameof(Claims))]
    public async Task Keeps_its_parameters_when_it_is_claimed_into_a_record(string type)
    {
        var forms = FormType.New(Service.Admin);
        await forms.Have("1");
        await Claim(type, $$"""{"Record":{"FormType":"{{forms.Name}}","Id":"1"} }""");
        await ShouldBeServedAs(type, forms.Content("1", "a"));
    }

    [TestCaseSource(nameof(Claims))]
    public async Task Keeps_its_parameters_in_a_session(string type)
    {
        var project = new Project(Service.Admin, RunningService.MembersProject);
        var uuid = Guid.NewGuid().ToString();
        await project.Have(uuid);
        await Claim(type, $$"""{"Session":{"ProjectId":{{RunningService.MembersProject}},"Uuid":"{{uuid}}"} }""");
        (await project.Attach(uuid, "p", Body.Multipart(new Part("; name=attachment; filename=a", [1], $"Content-Type: {type}"))))
            .ShouldSucceed();
        var listed = (await project.ListAttachments(uuid)).ShouldSucceed();
        listed.EnumerateArray().Select(file => file.GetProperty("content_type").GetString()).ShouldBe([type, type]);
    }

    private static async Task<Answer> Claim(string type, string target)
    {
        var set = TemporarySet.New(Service.Admin);
        (await set.Upload(new Part("; name=n; filename=a", [1], $"Content-Type: {type}"))).Status.ShouldBe(201);
        var answer = await set.Claim(target);
        answer.Status.ShouldBe(200, answer.Text);
        return answer;
    }

    private static async Task ShouldBeServedAs(string type, string target) =>
        (await Service.Admin.Ask(HttpMethod.Get, target)).Field("Content-Type").ShouldBe(type);
}
