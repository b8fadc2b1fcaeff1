using Attachments.Api.Callers;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.OwnedAttachments;

/// <summary>Who may do what, on a service of its own: each refusal is followed by proof that nothing has changed.</summary>
[TestFixture]
internal sealed class OwnedAttachmentAccessTests
{
    private const long Organisation = 3;
    private const long AnotherOrganisation = 4;
    private const long Missing = long.MaxValue;

    private static readonly byte[] Photo = Files.Make(Files.Small);
    private static readonly byte[] Other = Files.Make(Files.Small, 2);

    private RunningService service = null!;
    private OwnedFiles admin = null!;
    private OwnedFiles owner = null!;

    public enum Who
    {
        NoToken,
        BadToken,
        ExpiredToken,
        Outsider,
        Owner,
        MemberOfTheOrganisation,
        MemberOfAnother,
        Admin,
    }

    public enum Act
    {
        Create,
        Read,
        List,
        UpdateByPut,
        UpdateByPatch,
        ReplaceTheBytes,
        Download,
        Delete,
        TakeOwnership,
        MoveToOwnOrganisation,
    }

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService("--Storage:ReclaimAfter=00:00:00");
        admin = OwnedFiles.OfAdmin(service);
        owner = OwnedFiles.For(service, Organisation);
    }

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [Test]
    public async Task Only_those_who_may_do_it([Values] Who who, [Values] Act act)
    {
        var id = await owner.Have(Photo, ("owned_by_org", $"{Organisation}"));
        var caller = Caller(who);
        var before = await State(id);
        var answer = await Do(act, caller, who, id, before.Url);
        var (status, code) = Expected(who, act);
        answer.Status.ShouldBe(status, answer.Text);
        if (code is null)
        {
            ShouldBeDone(act, answer, id, caller);
            return;
        }

        answer.ShouldBeProblem(status, code);
        answer.Field("WWW-Authenticate")?.ShouldStartWith("Bearer");
        (answer.Field("WWW-Authenticate") is not null).ShouldBe(status == 401);
        await service.ShouldKeepOnlyWhatIsReferredTo();
        (await State(id)).ShouldBe(before);
    }

    [Test]
    public async Task What_is_not_there_is_told_to_all_who_have_a_token([Values] Who who, [Values] Act act)
    {
        if (act is Act.Create or Act.List)
        {
            return;
        }

        var answer = await Do(act, Caller(who), who, Missing, $"/v1/uploaded-file/attachment_{Missing}/a.txt");
        answer.ShouldBeProblem(IsKnown(who) ? 404 : 401, IsKnown(who) ? "attachment_not_found" : "unauthenticated");
    }

    [TestCase(Who.NoToken, 401)]
    [TestCase(Who.Outsider, 403)]
    public async Task One_who_may_not_is_not_asked_for_the_body(Who who, int status)
    {
        var id = await owner.Have(Photo);
        var token = who == Who.NoToken ? "none" : service.Sign(new TokenRequest(Guid.NewGuid().ToString()));
        foreach (var method in new[] { "PUT", "PATCH" })
        {
            await using var connection = await service.Connect();
            await connection.Send(
                $"{method} {OwnedFiles.Target(id)} HTTP/1.1\r\nHost: {service.Address.Authority}\r\nAuthorization: Bearer {token}\r\n"
                + $"Content-Type: {Body.MultipartType}\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
            (await connection.ReadAnswer()).Status.ShouldBe(status);
        }
    }

    [Test]
    public async Task Ownership_that_is_lost_while_the_bytes_arrive_is_lost()
    {
        var id = await owner.Have(Photo);
        var heir = Guid.NewGuid();
        var body = Body.MultipartBytes(Part.File("file", Files.Make(Files.Large)));
        var token = service.Sign(new TokenRequest(owner.UserId.ToString()));
        await using var connection = await service.Connect();
        await connection.Send(
            $"PUT {OwnedFiles.Target(id)} HTTP/1.1\r\nHost: {service.Address.Authority}\r\nAuthorization: Bearer {token}\r\n"
            + $"Content-Type: {Body.MultipartType}\r\nContent-Length: {body.Length}\r\n\r\n");
        await connection.Send(body[..^10]);
        await service.WaitForPendingBlob();
        (await admin.Patch(id, Body.Json($$"""{"owned_by_user":"{{heir}}"}"""))).ShouldBeEntry();
        await connection.Send(body[^10..]);
        (await connection.ReadAnswer()).ShouldBeProblem(403, "attachment_forbidden");
        (await admin.ReadFile(id)).ShouldBe(Photo);
        await service.ShouldKeepOnlyWhatIsReferredTo();
    }

    private static (int Status, string? Code) Expected(Who who, Act act) => (who, act) switch
    {
        (Who.NoToken or Who.BadToken or Who.ExpiredToken, _) => (401, "unauthenticated"),
        (_, Act.Create) => (201, null),
        (Who.Admin, Act.List) => (200, null),
        (_, Act.List) => (403, "admins_only"),
        (Who.Outsider or Who.MemberOfAnother, _) => (403, "attachment_forbidden"),
        (_, Act.Delete) => (204, null),
        _ => (200, null),
    };

    private static bool IsKnown(Who who) => who is not (Who.NoToken or Who.BadToken or Who.ExpiredToken);

    private OwnedFiles Caller(Who who) => who switch
    {
        Who.NoToken => new OwnedFiles(service.Anonymous, Guid.Empty),
        Who.BadToken => new OwnedFiles(service.ClientWith(service.AdminToken[..^5] + "AAAAA"), Guid.Empty),
        Who.ExpiredToken => new OwnedFiles(
            service.ClientWith(service.SignEarlier(
                new TokenRequest(owner.UserId.ToString()) { IsAdmin = true, Lifetime = TimeSpan.FromMinutes(1) }, TimeSpan.FromHours(1))),
            owner.UserId),
        Who.Outsider => OwnedFiles.For(service),
        Who.Owner => owner,
        Who.MemberOfTheOrganisation => OwnedFiles.For(service, AnotherOrganisation, Organisation),
        Who.MemberOfAnother => OwnedFiles.For(service, AnotherOrganisation),
        Who.Admin => admin,
        _ => throw new ArgumentOutOfRangeException(nameof(who)),
    };

    private static Task<Answer> Do(Act act, OwnedFiles caller, Who who, long id, string url) => act switch
    {
        Act.Create => caller.Create(Photo, ("description", "created")),
        Act.Read => caller.Get(id),
        Act.List => caller.List("?limit=1"),
        Act.UpdateByPut => caller.Put(id, Body.Json("""{"description":"updated"}""")),
        Act.UpdateByPatch => caller.Patch(id, Body.Form(("description", "updated"))),
        Act.ReplaceTheBytes => caller.Put(id, OwnedFiles.Form(Other)),
        Act.Download => caller.Send("GET", url),
        Act.Delete => caller.Delete(id),
        Act.TakeOwnership => caller.Put(id, Body.Json($$"""{"owned_by_user":"{{caller.UserId}}"}""")),
        Act.MoveToOwnOrganisation => caller.Put(
            id, Body.Json($$"""{"owned_by_org":{{(who == Who.Owner ? Organisation : AnotherOrganisation)}}}""")),
        _ => throw new ArgumentOutOfRangeException(nameof(act)),
    };

    private static void ShouldBeDone(Act act, Answer answer, long id, OwnedFiles caller)
    {
        switch (act)
        {
            case Act.Create:
                answer.ShouldBeEntry(201).GetProperty("owned_by_user").GetGuid().ShouldBe(caller.UserId);
                break;
            case Act.List:
                answer.Json.GetArrayLength().ShouldBe(1); // Which is first is not told: an update moves `updated_at` a second ahead.
                break;
            case Act.UpdateByPut or Act.UpdateByPatch:
                answer.ShouldBeEntry().GetProperty("description").GetString().ShouldBe("updated");
                break;
            case Act.Download:
                answer.Body.ShouldBe(Photo);
                break;
            case Act.Delete:
                answer.Body.ShouldBeEmpty();
                break;
            case Act.TakeOwnership:
                answer.ShouldBeEntry().GetProperty("owned_by_user").GetGuid().ShouldBe(caller.UserId);
                break;
            default:
                answer.ShouldBeEntry().GetProperty("id").GetInt64().ShouldBe(id);
                break;
        }
    }

    /// <summary>All that a refused request could have changed.</summary>
    private async Task<Seen> State(long id)
    {
        var entry = await admin.Get(id);
        var all = await admin.List("?limit=1");
        return new Seen(
            entry.Text,
            entry.Field("ETag"),
            all.Field("X-Total-Count"),
            all.Text,
            (await admin.ReadFile(id)).Md5(),
            await admin.DownloadUrl(id));
    }

    private sealed record Seen(string Entry, string? Tag, string? Count, string Newest, string Md5, string Url);
}
