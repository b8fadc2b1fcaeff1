using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Links;

/// <summary>A link to a file of any family is the same request, for whoever has it, and for nothing else.</summary>
[TestFixture]
internal sealed class LinkedDownloadTests
{
    private static readonly byte[] Content = Files.Make(Files.Small);
    private static readonly byte[] Other = Files.Make(Files.Small, 2);

    private static RunningService Service => TestBed.Service;

    private static IReadOnlyList<ContentFamily> Families => ContentFamily.All;

    [TestCaseSource(nameof(Families))]
    public async Task Serves_the_file_as_the_token_of_its_maker_does(ContentFamily family)
    {
        var file = await family.Store(Service, Content, "ä b.png", "image/png");
        var link = await Service.Admin.LinkTo(file.Target);
        link.ShouldStartWith(Service.Address.ToString().TrimEnd('/'));
        var byToken = await Service.Admin.Get(file.Target);
        foreach (var answer in new[] { await Service.Anonymous.Get(link), await Service.Anonymous.Head(link) })
        {
            answer.Status.ShouldBe(200, answer.Text);
            answer.Field("Referrer-Policy").ShouldBe("no-referrer");
            answer.Field("Cross-Origin-Resource-Policy").ShouldBe("cross-origin");
            foreach (var field in byToken.Fields.Keys.Except(["Date"], StringComparer.OrdinalIgnoreCase))
            {
                answer.Field(field).ShouldBe(byToken.Field(field), field);
            }
        }

        (await Service.Anonymous.Get(link)).Body.ShouldBe(Content);
        var range = await Service.Anonymous.Get(link, ("Range", "bytes=10-"));
        range.Status.ShouldBe(206);
        range.Body.ShouldBe(Content[10..]);
        (await Service.Anonymous.Get(link, ("If-None-Match", Content.EntityTag()))).Status.ShouldBe(304);
    }

    [TestCaseSource(nameof(Families))]
    public async Task Grants_no_other_request(ContentFamily family)
    {
        var file = await family.Store(Service, Content);
        var another = await family.Store(Service, Content);
        var token = SignedLinks.TokenOf(await Service.Admin.LinkTo(file.Target));
        string[] elsewhere =
        [
            another.Target, file.Entry == file.Target ? another.Entry : file.Entry, file.Owner == file.Target ? another.Owner : file.Owner,
            file.Target.Replace("/api/", "/API/", StringComparison.Ordinal).Replace("/v1/u", "/v1/U", StringComparison.Ordinal),
            file.Target[..^1] + $"%{(int)file.Target[^1]:X2}",
            file.Target.Replace("/attach", "%2Fattach", StringComparison.Ordinal).Replace("/uploaded", "%2Fuploaded", StringComparison.Ordinal),
        ];
        foreach (var target in elsewhere)
        {
            // Byte for byte: a client would decode what need not be encoded.
            await using var connection = await Service.Connect();
            await connection.Send($"GET {SignedLinks.With(target, token)} HTTP/1.1\r\nHost: {Service.Address.Authority}\r\n\r\n");
            (await connection.ReadAnswer()).Status.ShouldBeOneOf([403, 404, 405], target);
        }

        (await Service.Anonymous.Get(SignedLinks.With(another.Target, token))).ShouldBeRefused(403, "link_invalid");
        foreach (var method in new[] { "PUT", "POST", "PATCH", "DELETE" })
        {
            var answer = await Service.Anonymous.Ask(new HttpMethod(method), SignedLinks.With(file.Target, token), Body.Raw(Other));
            answer.Status.ShouldBeOneOf([403, 405], $"{method}: {answer.Text}");
        }

        // Tells the same to everybody.
        (await Service.Anonymous.Ask(HttpMethod.Options, SignedLinks.With(file.Target, token))).Status.ShouldBeOneOf([204, 403, 405]);

        (await Service.Anonymous.Get("/v1/links" + $"?link={token}")).ShouldBeRefused(403, "link_invalid");
        (await Service.Admin.Get(file.Target)).Body.ShouldBe(Content);
    }

    [TestCaseSource(nameof(Families))]
    public async Task Ends_with_its_time(ContentFamily family)
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var service = await TestBed.StartService(time);
        var (file, another) = (await family.Store(service, Content), await family.Store(service, Content));
        var made = await service.Admin.MakeLink(file.Target, """ "expires_in":60 """);
        var link = made.GetProperty("url").GetString()!;
        var expiry = made.GetProperty("expires_at").GetDateTimeOffset();
        made.GetProperty("expires_at").GetString()!.ShouldEndWith("Z");
        (expiry.ToUnixTimeSeconds() % 300).ShouldBe(0);
        (expiry - time.GetUtcNow()).ShouldBeInRange(TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(360));
        time.Advance(expiry - time.GetUtcNow() + TimeSpan.FromSeconds(59));
        (await service.Anonymous.Get(link)).Status.ShouldBe(200, "clocks differ by up to a minute");
        time.Advance(TimeSpan.FromSeconds(2));
        (await service.Anonymous.Get(link)).ShouldBeRefused(410, "link_expired");
        (await service.Anonymous.Get(SignedLinks.With(another.Target, SignedLinks.TokenOf(link)))).ShouldBeRefused(403, "link_invalid");
    }

    [Test]
    public async Task Is_the_same_url_for_the_same_request_until_the_rounded_time()
    {
        var time = new ManualTime(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 300 * 300));
        await using var service = await TestBed.StartService(time);
        var file = await ContentFamily.OwnedAttachments.Store(service, Content);
        time.Advance(TimeSpan.FromSeconds(1));
        var first = await service.Admin.LinkTo(file.Target);
        time.Advance(TimeSpan.FromSeconds(298));
        (await service.Admin.LinkTo(file.Target)).ShouldBe(first);
        time.Advance(TimeSpan.FromSeconds(2));
        (await service.Admin.LinkTo(file.Target)).ShouldNotBe(first);
    }

    [TestCaseSource(nameof(Families))]
    public async Task Is_the_family_s_404_when_the_file_is_gone(ContentFamily family)
    {
        var file = await family.Store(Service, Content);
        var link = await Service.Admin.LinkTo(file.Target);
        (await Service.Admin.Ask(HttpMethod.Delete, file.Entry)).Status.ShouldBeInRange(200, 204);
        var byToken = await Service.Admin.Get(file.Target);
        var byLink = await Service.Anonymous.Get(link);
        byLink.Status.ShouldBe(404);
        byLink.Field("Content-Type").ShouldBe(byToken.Field("Content-Type"));
    }

    [Test]
    public async Task Outlives_the_right_of_its_maker()
    {
        var project = new Project(Service.Member, RunningService.MembersProject);
        var uuid = Guid.NewGuid().ToString();
        await project.HaveFile(uuid, "p", Content);
        var link = await Service.Member.LinkTo(project.Attachment(uuid, "p"));
        (await Service.Anonymous.Get(link)).Body.ShouldBe(Content);
        (await Service.Other.MakeLink(project.Attachment(uuid, "p"))).GetProperty("error").GetProperty("code").GetString().ShouldBe("project_forbidden");
    }

    [Test]
    public async Task Is_ignored_where_a_token_is_sent()
    {
        var file = await ContentFamily.Records.Store(Service, Content);
        var link = await Service.Admin.LinkTo(file.Target);
        (await Service.Other.Get(link)).Status.ShouldBe(403, "a good token without the right");
        (await Service.ClientWith("nonsense").Get(link)).Status.ShouldBe(401);
        (await Service.Admin.Get(SignedLinks.With(file.Target, "nonsense"))).Body.ShouldBe(Content);
    }

    [TestCaseSource(nameof(Families))]
    public async Task Binds_the_content_of_now_where_it_is_pinned(ContentFamily family)
    {
        var file = await family.Store(Service, Content);
        var link = await Service.Admin.LinkTo(file.Target, """ "pin":true """);
        var answer = await Service.Anonymous.Get(link);
        answer.Body.ShouldBe(Content);
        answer.Field("Cache-Control").ShouldNotBeNull().ShouldMatch(@"^private, max-age=3[5-9]\d\d, immutable$");
        (await Service.Anonymous.Get(link, ("If-None-Match", Content.EntityTag()))).Field("Cache-Control")!.ShouldStartWith("private, max-age=");
        var shared = await Service.Anonymous.Get(await Service.Admin.LinkTo(file.Target, """ "pin":true,"public":true,"expires_in":60 """));
        shared.Field("Cache-Control").ShouldNotBeNull().ShouldMatch(@"^public, max-age=\d{2,3}, immutable$");
        if (family.Writes.FirstOrDefault(write => write.Fate == Fate.IsReplaced) is { } replacement)
        {
            (await replacement.Send(Service, file, Other)).Status.ShouldBeInRange(200, 299);
            (await Service.Anonymous.Get(link)).ShouldBeRefused(410, "content_replaced");
        }
    }

    [Test]
    public async Task Decides_how_the_file_is_sent_whatever_the_query_says()
    {
        var file = await ContentFamily.OwnedAttachments.Store(Service, Content, "a.png", "image/png");
        var link = await Service.Admin.LinkTo(file.Target, """ "disposition":"inline","filename":"ü.png" """);
        (await Service.Anonymous.Get(link)).Field("Content-Disposition").ShouldBe("inline; filename=\"_.png\"; filename*=UTF-8''%C3%BC.png");
        (await Service.Anonymous.Get(link + "&disposition=inline&filename=%C3%BC.png")).Status.ShouldBe(200);
        (await Service.Anonymous.Get(link + "&disposition=attachment")).ShouldBeRefused(403, "link_invalid");
        (await Service.Anonymous.Get(link + "&filename=a.png")).ShouldBeRefused(403, "link_invalid");
        var free = await Service.Admin.LinkTo(file.Target);
        (await Service.Anonymous.Get(free + "&disposition=inline")).Field("Content-Disposition")!.ShouldStartWith("inline");
    }

    [Test]
    public async Task Shows_a_page_without_script_to_a_browser()
    {
        var file = await ContentFamily.Records.Store(Service, Content);
        var link = await Service.Admin.LinkTo(file.Target);
        (string, string) browser = ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8");
        (await Service.Anonymous.Get(link, browser)).Body.ShouldBe(Content);
        var refused = await Service.Anonymous.Get(link + "x", browser);
        refused.Status.ShouldBe(403);
        refused.Field("Content-Type").ShouldBe("text/html; charset=utf-8");
        refused.Field("Content-Security-Policy").ShouldBe("default-src 'none'; sandbox");
        refused.Text.ShouldContain("<h1>Not valid</h1>");
        refused.Text.ShouldNotContain("script");
        (await Service.Admin.Ask(HttpMethod.Delete, file.Entry)).Status.ShouldBe(204);
        var gone = await Service.Anonymous.Get(link, browser);
        (gone.Status, gone.Field("Content-Type")).ShouldBe((404, "text/html; charset=utf-8"));
        var over = HandmadeLink.To(file.Target, DateTimeOffset.UtcNow.AddMinutes(-2));
        var ended = await Service.Anonymous.Get(SignedLinks.With(file.Target, $"{over}"), browser);
        (ended.Status, ended.Field("Content-Type")).ShouldBe((410, "text/html; charset=utf-8"));
        (await Service.Anonymous.Get(link + "x", ("Accept", "image/avif,*/*;q=0.8"))).Field("Content-Type").ShouldBe("application/vnd.api+json");
        (await Service.Anonymous.Get(file.Target, browser)).Status.ShouldBe(401);
    }
}
