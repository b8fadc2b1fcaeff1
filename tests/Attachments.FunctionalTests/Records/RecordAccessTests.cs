using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Records;

/// <summary>Who may do what, and in which order a request is refused.</summary>
[TestFixture]
internal sealed class RecordAccessTests : RecordsFixture
{
    private static readonly byte[] File = Files.Make(Files.Small);

    [SetUp]
    public async Task HaveFile()
    {
        await Forms.Have("1");
        await Forms.HaveFile("1", "a", File);
    }

    [Test]
    public async Task Without_a_token_nothing_is_to_be_had()
    {
        foreach (var answer in await AskAll(Forms.As(Service.Anonymous), "1"))
        {
            answer.ShouldBeErrors(401, "unauthenticated", """{"header":"Authorization"}""");
            answer.Field("WWW-Authenticate").ShouldBe("Bearer");
        }
    }

    [Test]
    public async Task Without_a_scope_nothing_is_allowed()
    {
        foreach (var answer in await AskAll(Forms.As(Service.Member), "missing"))
        {
            answer.ShouldBeErrors(403, "records_forbidden");
        }
    }

    [Test]
    public async Task The_scope_to_read_allows_reading_alone()
    {
        var reader = Forms.As(Service.RecordsReader);
        (await reader.List()).ShouldBeDocument();
        (await reader.Get("1")).ShouldBeDocument();
        (await reader.ListAttachments("1")).ShouldBeDocument();
        (await reader.Send(HttpMethod.Head, Forms.Attachments("1"))).Status.ShouldBe(200);
        (await reader.Download("1", "a")).Body.ShouldBe(File);
        (await reader.Send(HttpMethod.Head, Forms.Content("1", "a"))).Status.ShouldBe(200);
        foreach (var answer in await AskToChange(reader, "1"))
        {
            answer.ShouldBeErrors(403, "records_forbidden");
        }

        (await Forms.ListFiles("1")).ShouldBe(["a"]);
    }

    [Test]
    public async Task The_scope_of_records_allows_everything()
    {
        var writer = Forms.As(Service.RecordsWriter);
        (await writer.Patch("1", """{"a":1}""")).ShouldBeDocument();
        (await writer.Upload("1", "b", Body.Raw(File))).ShouldBeUploaded();
        (await writer.Detach("1", "a")).ShouldBeDeleted();
        (await writer.Download("1", "b")).Body.ShouldBe(File);
        (await writer.Delete("1")).ShouldBeDeleted();
    }

    [Test]
    public async Task A_malformed_address_is_refused_after_401_and_before_403()
    {
        var target = $"{Forms.Address}/{new string('x', 101)}";
        (await Forms.As(Service.Anonymous).Send(HttpMethod.Get, target)).ShouldBeErrors(401, "unauthenticated");
        (await Forms.As(Service.Member).Send(HttpMethod.Get, target)).ShouldBeErrors(400, "record_id_invalid");
        var empty = $"{Forms.Attachments("1")}/content//a";
        (await Forms.As(Service.Anonymous).Send(HttpMethod.Get, empty)).ShouldBeErrors(401, "unauthenticated");
        (await Forms.As(Service.Member).Send(HttpMethod.Get, empty)).ShouldBeErrors(400, "path_invalid");
    }

    [Test]
    public async Task A_query_is_looked_at_after_who_is_calling()
    {
        foreach (var target in new[] { Forms.Address, Forms.Record("1"), Forms.Attachments("1") })
        {
            var wrong = $"{target}?page[size]=x";
            (await Forms.As(Service.Anonymous).Send(HttpMethod.Get, wrong)).ShouldBeErrors(401, "unauthenticated");
            (await Forms.As(Service.Member).Send(HttpMethod.Get, wrong)).ShouldBeErrors(403, "records_forbidden");
            (await Forms.Send(HttpMethod.Get, wrong)).ShouldBeErrors(400, "query_invalid", """{"parameter":"page[size]"}""");
        }
    }

    [Test]
    public async Task Media_types_are_looked_at_after_who_is_calling()
    {
        var accept = ("Accept", "application/vnd.api+json; charset=utf-8");
        (await Forms.As(Service.Anonymous).Get("1", accept)).ShouldBeErrors(401, "unauthenticated");
        (await Forms.As(Service.Member).Get("1", accept)).ShouldBeErrors(403, "records_forbidden");
        (await Forms.Get("1", accept)).ShouldBeErrors(406, "not_acceptable");
        var text = () => Body.Create(File, "text/plain");
        (await Forms.As(Service.Anonymous).Create(text())).ShouldBeErrors(401, "unauthenticated");
        (await Forms.As(Service.Member).Create(text())).ShouldBeErrors(403, "records_forbidden");
        (await Forms.Create(text())).ShouldBeErrors(415, "media_type_unsupported", """{"header":"Content-Type"}""");
    }

    private static async Task<IReadOnlyList<Answer>> AskAll(FormType forms, string id) =>
    [
        await forms.List(),
        await forms.Get(id),
        await forms.ListAttachments(id),
        await forms.Download(id, "a"),
        await forms.Download(id, "folder/a"),
        .. await AskToChange(forms, id),
    ];

    private static async Task<IReadOnlyList<Answer>> AskToChange(FormType forms, string id) =>
    [
        await forms.Create(forms.Document()),
        await forms.Put(id, "{}"),
        await forms.Patch(id, "{}"),
        await forms.Delete(id),
        await forms.Upload(id, "a", Body.Raw(File)),
        await forms.Upload(id, "folder/a", Body.Raw(File)),
        await forms.Detach(id, "a"),
        await forms.Detach(id, "folder/a"),
    ];
}
