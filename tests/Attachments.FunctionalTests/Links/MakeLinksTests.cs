using System.Text.Json;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Links;

/// <summary>POST /v1/links.</summary>
[TestFixture]
internal sealed class MakeLinksTests
{
    private static readonly byte[] Content = Files.Make(Files.Small);

    private static RunningService Service => TestBed.Service;

    [Test]
    public async Task Answers_in_the_order_asked()
    {
        var file = await ContentFamily.Records.Store(Service, Content);
        var (missing, session) = (FormType.New(Service.Admin).Content("1", "a"), Project.New(Service.Admin).Attachment("s", "p"));
        string[] urls = [file.Target, missing, "/health/live", file.Target, session];
        var items = string.Join(',', urls.Select(url => $$"""{"url":"{{url}}"}"""));
        var answer = await Service.RecordsReader.AskForLinks($$"""{"links":[{{items}}]}""");
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.Names().ShouldBe(["links"]);
        var links = answer.Json.GetProperty("links").EnumerateArray().ToList();
        links[0].Names().ShouldBe(["url", "method", "expires_at"]);
        links.Select(Outcome).ShouldBe(["GET", "404 record_not_found", "400 link_target", "GET", "403 project_forbidden"]);
    }

    [TestCase("""{"url":"TARGET","method":"DELETE"}""", "link_target")]
    [TestCase("""{"url":"TARGET","method":"HEAD"}""", "link_target")]
    [TestCase("""{"url":"TARGET","method":"POST"}""", "link_target")]
    [TestCase("""{"url":"ENTRY"}""", "link_target")]
    [TestCase("""{"url":"/v1/links"}""", "link_target")]
    [TestCase("""{"url":"/v1/attachments"}""", "link_target")]
    [TestCase("""{"url":"/api/temporaryattachmentsets","method":"POST"}""", "link_target")]
    [TestCase("""{"url":"/nowhere"}""", "link_target")]
    [TestCase("""{"url":""}""", "link_target")]
    [TestCase("""{"url":"TARGET#x"}""", "link_target")]
    [TestCase("""{"url":"TARGET?link=x"}""", "link_target")]
    [TestCase("""{"url":"TARGET?disposition=inline","disposition":"attachment"}""", "link_target")]
    [TestCase("""{"url":"https://elsewhere.exampleTARGET"}""", "link_target")]
    [TestCase("""{"url":"http://127.0.0.1:1TARGET"}""", "link_target")]
    [TestCase("""{"url":"//127.0.0.1TARGET"}""", "link_target")]
    [TestCase("""{"url":"ftp://127.0.0.1TARGET"}""", "link_target")]
    [TestCase("""{"url":"TARGET","expires_in":0}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","expires_in":604801}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","expires_in":1.5}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","expires_in":"60"}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","disposition":"INLINE"}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","filename":".."}""", "file_name_invalid")]
    [TestCase("""{"url":"TARGET","public":true}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","max_uses":0}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","max_uses":10001}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","max_bytes":1}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","create_only":true}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","preview":"small"}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","max_use":1}""", "validation_failed")]
    [TestCase("""{"url":"TARGET","pin":true,"pin":false}""", "validation_failed")]
    [TestCase("""{"url":"/v1/attachments/","method":"POST","pin":true}""", "validation_failed")]
    [TestCase("""{"url":"/v1/attachments/","method":"POST","filename":"a"}""", "validation_failed")]
    [TestCase("""{"url":"/v1/attachments/","method":"POST","max_bytes":-1}""", "validation_failed")]
    [TestCase("""{"url":"/v1/attachments/","method":"POST","media_type":"image"}""", "validation_failed")]
    [TestCase("""{"url":7}""", "validation_failed")]
    [TestCase("7", "validation_failed")]
    [TestCase("""{}""", "validation_failed")]
    public async Task Refuses_an_item_by_itself(string item, string code)
    {
        var file = await ContentFamily.OwnedAttachments.Store(Service, Content);
        var before = await Service.CountBlobs();
        var sent = item.Replace("TARGET", file.Target, StringComparison.Ordinal).Replace("ENTRY", file.Entry, StringComparison.Ordinal);
        var answer = await Service.Admin.AskForLinks($$"""{"links":[{"url":"{{file.Target}}"},{{sent}}]}""");
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.GetProperty("links").EnumerateArray().Select(Outcome).ShouldBe(["GET", $"400 {code}"]);
        (await Service.CountBlobs()).ShouldBe(before);
    }

    [TestCase("""{}""")]
    [TestCase("""[]""")]
    [TestCase("7")]
    [TestCase("""{"links":[]}""")]
    [TestCase("""{"links":{}}""")]
    [TestCase("""{"links":[{"url":"/"}],"expires_in":1}""")]
    public async Task Refuses_a_body_that_is_neither_an_item_nor_a_list(string body) =>
        (await Service.Admin.AskForLinks(body)).ShouldBeProblem(400, "links_invalid");

    [Test]
    public async Task Refuses_more_than_a_thousand_items_and_takes_a_thousand()
    {
        var file = await ContentFamily.OwnedAttachments.Store(Service, Content);
        var item = $$"""{"url":"{{file.Target}}"}""";
        var answer = await Service.Admin.AskForLinks($$"""{"links":[{{string.Join(',', Enumerable.Repeat(item, 1000))}}]}""");
        answer.Json.GetProperty("links").EnumerateArray().ShouldAllBe(link => Outcome(link) == "GET");
        (await Service.Admin.AskForLinks($$"""{"links":[{{string.Join(',', Enumerable.Repeat(item, 1001))}}]}""")).ShouldBeProblem(400, "links_invalid");
    }

    [Test]
    public async Task Takes_the_url_as_our_answers_give_it()
    {
        var file = await ContentFamily.TemporarySets.Store(Service, Content);
        var absolute = new Uri(Service.Address, file.Target).ToString();
        (await Service.Anonymous.Get(await Service.Admin.LinkTo(absolute))).Body.ShouldBe(Content);
        var inline = await Service.Admin.LinkTo(absolute + "?disposition=attachment");
        inline.ShouldContain("?disposition=attachment&link=");
        (await Service.Anonymous.Get(inline)).Status.ShouldBe(200);
    }

    [Test]
    public async Task Gives_the_public_address_where_callers_are_inside()
    {
        await using var service = await TestBed.StartService("--Links:BaseUrl=https://files.example.org", "--Links:MaxLifetime=00:01:00");
        var file = await ContentFamily.Sessions.Store(service, Content);
        var made = await service.Admin.MakeLink("https://files.example.org" + file.Target);
        var link = made.GetProperty("url").GetString()!;
        link.ShouldStartWith("https://files.example.org" + file.Target);
        made.GetProperty("expires_at").GetDateTimeOffset().ShouldBeLessThanOrEqualTo(DateTimeOffset.UtcNow.AddMinutes(6));
        (await service.Anonymous.Get(new Uri(link).PathAndQuery)).Body.ShouldBe(Content);
        (await service.Admin.LinkTo(new Uri(service.Address, file.Target).ToString())).ShouldStartWith("https://files.example.org/");
        Outcome(await service.Admin.MakeLink("https://files.example.org:444" + file.Target)).ShouldBe("400 link_target");
    }

    [TestCaseSource(typeof(LinkedUpload), nameof(LinkedUpload.All))]
    public async Task Asks_what_the_upload_itself_would_be_answered(LinkedUpload upload)
    {
        var target = await upload.NewTarget(Service);
        var made = await Service.Other.MakeLink(target, $"\"method\":\"{upload.Method}\"");
        var expected = upload.Name switch
        {
            "point of a session" => "403 project_forbidden",
            "temporary set" or "owned attachment" => upload.Method,
            _ => "403 records_forbidden",
        };
        Outcome(made).ShouldBe(expected);
    }

    [Test]
    public async Task Is_off_without_a_key()
    {
        await using var off = await TestBed.StartService(RunningService.WithoutLinkKey);
        var file = await ContentFamily.Sessions.Store(off, Content);
        (await off.Admin.AskForLinks($$"""{"url":"{{file.Target}}"}""")).ShouldBeProblem(404, "links_off");
        var token = HandmadeLink.To(file.Target, DateTimeOffset.UtcNow.AddHours(1));
        (await off.Anonymous.Get(SignedLinks.With(file.Target, $"{token}"))).ShouldBeRefused(403, "link_invalid");
    }

    private static string Outcome(JsonElement link) => link.TryGetProperty("error", out var error)
        ? $"{error.GetProperty("status").GetInt32()} {error.GetProperty("code").GetString()}"
        : link.GetProperty("method").GetString()!;
}
