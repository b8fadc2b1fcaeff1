using System.Text.Json;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Links;

/// <summary>Links with an id: they are counted, listed and revoked.</summary>
[TestFixture]
internal sealed class RevocableLinkTests
{
    private static readonly byte[] Content = Files.Make(Files.Small);

    private static RunningService Service => TestBed.Service;

    private static IReadOnlyList<ContentFamily> Families => ContentFamily.All;

    [TestCaseSource(nameof(Families))]
    public async Task Is_used_as_often_as_it_allows(ContentFamily family)
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var service = await TestBed.StartService(time);
        var file = await family.Store(service, Content);
        var link = await service.Admin.LinkTo(file.Target, """ "max_uses":2,"expires_in":36000 """);
        var anyone = service.Anonymous;
        (await anyone.Get(link, ("Range", "bytes=5-"))).ShouldBeRefused(410, "link_used");
        (await anyone.Head(link)).Status.ShouldBe(200);
        (await anyone.Get(link, ("If-None-Match", Content.EntityTag()))).Status.ShouldBe(304);
        (await anyone.Get(link, ("If-Match", "\"x\""))).Status.ShouldBe(412);
        (await anyone.Get(link, ("Range", "bytes=2000-"))).Status.ShouldBe(416);
        (await anyone.Get(link, ("Sec-Purpose", "prefetch;prerender"))).ShouldBeRefused(403, "prefetch_refused");
        (await Uses(service)).ShouldBe(0);
        (await anyone.Get(link)).Body.ShouldBe(Content);
        (await anyone.Get(link, ("Range", "bytes=0-9"))).Status.ShouldBe(206);
        (await Uses(service)).ShouldBe(2);
        (await anyone.Get(link)).ShouldBeRefused(410, "link_used");
        time.Advance(TimeSpan.FromMinutes(59));
        (await anyone.Get(link, ("Range", "bytes=5-"))).Body.ShouldBe(Content[5..]);
        (await anyone.Head(link)).Status.ShouldBe(200);
        (await anyone.Get(link, ("If-None-Match", Content.EntityTag()))).Status.ShouldBe(304);
        time.Advance(TimeSpan.FromMinutes(2));
        (await anyone.Get(link, ("Range", "bytes=5-"))).ShouldBeRefused(410, "link_used");
        (await anyone.Head(link)).Status.ShouldBe(410);
        (await anyone.Get(link, ("If-None-Match", Content.EntityTag()))).ShouldBeRefused(410, "link_used");
        (await Uses(service)).ShouldBe(2);
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task A_hundred_first_uses_at_once_of_three_are_three()
    {
        var file = await ContentFamily.OwnedAttachments.Store(Service, Content);
        var link = await Service.Admin.LinkTo(file.Target, """ "max_uses":3 """);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Service.Anonymous.Get(link)));
        answers.Count(answer => answer.Status == 200).ShouldBe(3);
        answers.Count(answer => answer.Status == 410).ShouldBe(97);
    }

    [Test]
    public async Task Is_listed_newest_first_to_its_maker_and_to_an_administrator()
    {
        var maker = Guid.NewGuid();
        using var client = Service.ClientWith(Service.Sign(new(maker.ToString())));
        var item = (await TemporarySet.New(client).Have("a"))[0].Id();
        var target = TemporarySet.Contents(item);
        var ids = new List<string>();
        var used = "";
        for (var i = 0; i < 3; i++)
        {
            var made = await client.MakeLink(target, i == 0 ? """ "max_uses":3 """ : """ "revocable":true """);
            ids.Add(made.GetProperty("id").GetString()!);
            used = made.GetProperty("url").GetString()!;
        }

        await client.LinkTo(target);
        var first = (await client.Get($"{SignedLinks.Address}?limit=2")).Json;
        var next = first.GetProperty("next").GetString();
        var second = (await client.Get($"{SignedLinks.Address}?limit=2&after={next}")).Json;
        JsonElement[] links = [.. first.GetProperty("links").EnumerateArray(), .. second.GetProperty("links").EnumerateArray()];
        links.Select(link => link.GetProperty("id").GetString()).ShouldBe(Enumerable.Reverse(ids));
        second.TryGetProperty("next", out _).ShouldBeFalse();
        links[0].Names().ShouldBe(["id", "method", "target", "expires_at", "uses"]);
        links[2].Names().ShouldBe(["id", "method", "target", "expires_at", "uses", "max_uses"]);
        links[2].GetProperty("target").GetString().ShouldBe(target);
        (await Service.Anonymous.Get(SignedLinks.With(target, SignedLinks.TokenOf(used)))).Status.ShouldBe(200);
        (await client.Get(SignedLinks.Address)).Json.GetProperty("links")[0].GetProperty("last_used_at").GetDateTimeOffset()
            .ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        (await Service.Admin.Get($"{SignedLinks.Address}?by={maker}")).Json.GetProperty("links").GetArrayLength().ShouldBe(3);
        (await Service.Other.Get($"{SignedLinks.Address}?by={maker}")).ShouldBeProblem(403, "admins_only");
        (await client.Get($"{SignedLinks.Address}?limit=0")).ShouldBeProblem(400, "validation_failed");
        (await client.Get($"{SignedLinks.Address}?after=x")).ShouldBeProblem(400, "validation_failed");
        (await client.Get($"{SignedLinks.Address}?by=x")).ShouldBeProblem(400, "validation_failed");
    }

    [TestCaseSource(nameof(Families))]
    public async Task Is_revoked_while_a_download_goes_on_to_its_end(ContentFamily family)
    {
        var large = Files.Make(16 << 20);
        await using var service = await TestBed.StartService();
        var file = await family.Store(service, large);
        var made = await service.Admin.MakeLink(file.Target, """ "revocable":true """);
        var target = new Uri(made.GetProperty("url").GetString()!).PathAndQuery;
        await using var connection = await service.Connect(receiveBuffer: 8 << 10);
        await connection.Send($"GET {target} HTTP/1.1\r\nHost: {service.Address.Authority}\r\n\r\n");
        (await connection.ReadHead()).Status.ShouldBe(200);
        var start = await connection.Read(1000);
        var address = $"{SignedLinks.Address}/{made.GetProperty("id").GetString()}";
        (await service.Other.Ask(HttpMethod.Delete, address)).ShouldBeProblem(404, "link_not_found");
        (await service.Admin.Ask(HttpMethod.Delete, address, null, ("If-None-Match", "*"))).ShouldBeProblem(412, "precondition_failed");
        (await service.Admin.Ask(HttpMethod.Delete, address)).Status.ShouldBe(204);
        (await service.Admin.Ask(HttpMethod.Delete, address)).Status.ShouldBe(204, "again");
        (await service.Anonymous.Get(target)).ShouldBeRefused(410, "link_revoked");
        (await service.Anonymous.Get(target, ("Range", "bytes=5-"))).ShouldBeRefused(410, "link_revoked");
        byte[] received = [.. start, .. await connection.Read(large.Length - start.Length)];
        received.Md5().ShouldBe(large.Md5());
        (await service.Admin.Get(SignedLinks.Address)).Json.GetProperty("links")[0].TryGetProperty("revoked_at", out _).ShouldBeTrue();
    }

    [Test]
    public async Task Is_revoked_by_an_administrator_too()
    {
        var project = new Project(Service.Member, RunningService.MembersProject);
        await project.HaveFile("of the member", "p", Content);
        var made = await Service.Member.MakeLink(project.Attachment("of the member", "p"), """ "revocable":true """);
        var address = $"{SignedLinks.Address}/{made.GetProperty("id").GetString()}";
        (await Service.Other.Ask(HttpMethod.Delete, address)).ShouldBeProblem(404, "link_not_found");
        (await Service.Anonymous.Ask(HttpMethod.Delete, address)).Status.ShouldBe(401);
        (await Service.Admin.Ask(HttpMethod.Delete, address)).Status.ShouldBe(204);
        (await Service.Anonymous.Get(made.GetProperty("url").GetString()!)).ShouldBeRefused(410, "link_revoked");
    }

    [Test]
    public async Task Expires_while_a_download_goes_on_to_its_end()
    {
        var large = Files.Make(16 << 20);
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var service = await TestBed.StartService(time);
        var file = await ContentFamily.Records.Store(service, large);
        var target = new Uri(await service.Admin.LinkTo(file.Target, """ "expires_in":60 """)).PathAndQuery;
        await using var connection = await service.Connect(receiveBuffer: 8 << 10);
        await connection.Send($"GET {target} HTTP/1.1\r\nHost: {service.Address.Authority}\r\n\r\n");
        (await connection.ReadHead()).Status.ShouldBe(200);
        var start = await connection.Read(1000);
        time.Advance(TimeSpan.FromHours(1));
        (await service.Anonymous.Get(target)).ShouldBeRefused(410, "link_expired");
        byte[] received = [.. start, .. await connection.Read(large.Length - start.Length)];
        received.Md5().ShouldBe(large.Md5());
    }

    [Test]
    public async Task Is_forgotten_a_month_after_its_end()
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);
        await using var service = await TestBed.StartService(time);
        var file = await ContentFamily.Sessions.Store(service, Content);
        await service.Admin.LinkTo(file.Target, """ "revocable":true """);
        time.Advance(TimeSpan.FromDays(30));
        await service.Sweep();
        (await Count(service)).ShouldBe(1);
        time.Advance(TimeSpan.FromHours(2));
        await service.Sweep();
        (await Count(service)).ShouldBe(0);
    }

    private static async Task<int> Uses(RunningService service) =>
        (await service.Admin.Get(SignedLinks.Address)).Json.GetProperty("links")[0].GetProperty("uses").GetInt32();

    private static async Task<int> Count(RunningService service) =>
        (await service.Admin.Get(SignedLinks.Address)).Json.GetProperty("links").GetArrayLength();
}
