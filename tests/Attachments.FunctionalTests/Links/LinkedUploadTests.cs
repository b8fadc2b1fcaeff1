using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Links;

/// <summary>A link to a place to upload to: the file is the maker's, and no more than the link allows is stored.</summary>
[TestFixture]
internal sealed class LinkedUploadTests
{
    private static readonly byte[] Content = Files.Make(Files.Small);

    private static RunningService Service => TestBed.Service;

    private static IReadOnlyList<LinkedUpload> Uploads => LinkedUpload.All;

    private static IEnumerable<LinkedUpload> Occupiable => LinkedUpload.All.Where(upload => upload.CanBeOccupied);

    [TestCaseSource(nameof(Uploads))]
    public async Task Stores_the_file(LinkedUpload upload)
    {
        var target = await upload.NewTarget(Service);
        var before = await Service.CountBlobs();
        var link = await Service.Admin.LinkTo(target, $"\"method\":\"{upload.Method}\"");
        (await Service.CountBlobs()).ShouldBe(before, "making a link stores nothing");
        (await upload.Send(Service.Anonymous, link, Content)).Status.ShouldBeInRange(200, 201);
        (await upload.Send(Service.Anonymous, target, Content)).Status.ShouldBe(401);
        (await Service.Anonymous.Get(link)).Status.ShouldBeOneOf([403, 405]);
        (await upload.Send(Service.Anonymous, SignedLinks.With("/v1/attachments", SignedLinks.TokenOf(link)), Content)).Status.ShouldBeOneOf([403, 405]);
    }

    [TestCaseSource(nameof(Uploads))]
    public async Task Takes_no_file_that_is_too_large_or_of_another_type(LinkedUpload upload)
    {
        var target = await upload.NewTarget(Service);
        var method = $"\"method\":\"{upload.Method}\"";
        var before = await Service.CountBlobs();
        var small = await Service.Admin.LinkTo(target, $"{method},\"max_bytes\":{Content.Length - 1}");
        (await upload.Send(Service.Anonymous, small, Content)).ShouldBeRefused(413, "upload_too_large");
        var pictures = await Service.Admin.LinkTo(target, $"{method},\"media_type\":\"image/*\",\"max_bytes\":{Content.Length}");
        var text = await upload.Send(Service.Anonymous, pictures, Content, "text/plain; charset=utf-8");
        text.ShouldBeRefused(415, "media_type_unsupported");
        text.Field("Accept").ShouldBe("image/*");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Service.CountBlobs()).ShouldBeLessThanOrEqualTo(before);
        (await upload.Send(Service.Anonymous, pictures, Content, "image/png; a=b")).Status.ShouldBeInRange(200, 201);
    }

    [TestCaseSource(nameof(Occupiable))]
    public async Task Replaces_nothing_where_it_may_only_create(LinkedUpload upload)
    {
        var target = await upload.NewTarget(Service);
        var link = await Service.Admin.LinkTo(target, $"\"method\":\"{upload.Method}\",\"create_only\":true");
        (await upload.Send(Service.Anonymous, link, Content, "image/png", ("If-None-Match", "\"x\""))).Status.ShouldBeInRange(200, 201);
        (await upload.Send(Service.Anonymous, link, Content, "image/png", ("If-None-Match", "\"x\""))).ShouldBeRefused(412, "precondition_failed");
        (await upload.Send(Service.Anonymous, link, Content)).ShouldBeRefused(412, "precondition_failed");
    }

    [TestCaseSource(nameof(Uploads))]
    [Category(TestBed.Race)]
    public async Task Counts_what_is_stored_and_nothing_else(LinkedUpload upload)
    {
        var target = await upload.NewTarget(Service);
        var made = await Service.Admin.MakeLink(target, $"\"method\":\"{upload.Method}\",\"max_uses\":2,\"media_type\":\"image/*\"");
        var link = made.GetProperty("url").GetString()!;
        (await upload.Send(Service.Anonymous, link, Content, "text/plain")).Status.ShouldBe(415);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => upload.Send(Service.Anonymous, link, Content)));
        answers.Count(answer => answer.Status is 200 or 201).ShouldBe(2, string.Join('\n', answers.Select(answer => answer.Text)));
        answers.Count(answer => answer.Status == 410).ShouldBe(8);
        (await upload.Send(Service.Anonymous, link, Content)).ShouldBeRefused(410, "link_used");
    }

    [Test]
    public async Task Ends_whole_if_its_link_ends_meanwhile(
        [ValueSource(nameof(Uploads))] LinkedUpload upload, [Values("link_revoked", "link_expired")] string ending)
    {
        var time = new ManualTime(DateTimeOffset.UtcNow);

        // The clock that ends the link would otherwise end a body that stalls.
        await using var service = await TestBed.StartService(time, "--Limits:BodyTimeout=1.00:00:00");
        var made = await service.Admin.MakeLink(await upload.NewTarget(service), $"\"method\":\"{upload.Method}\",\"revocable\":true,\"expires_in\":60");
        var link = made.GetProperty("url").GetString()!;
        using var content = upload.Body(Content, "image/png");
        var body = await content.ReadAsByteArrayAsync();
        await using var connection = await service.Connect();
        await connection.Send(
            $"{upload.Method} {new Uri(link).PathAndQuery} HTTP/1.1\r\nHost: {service.Address.Authority}\r\nContent-Type: {content.Headers.ContentType}\r\n"
            + $"Content-Length: {body.Length}\r\nExpect: 100-continue\r\n\r\n");
        (await connection.ReadAnswer()).Status.ShouldBe(100, "the body is read now");
        await connection.Send(body[..^10]);
        if (ending == "link_revoked")
        {
            (await service.Admin.Ask(HttpMethod.Delete, $"{SignedLinks.Address}/{made.GetProperty("id").GetString()}")).Status.ShouldBe(204);
        }
        else
        {
            time.Advance(TimeSpan.FromHours(1));
        }

        (await upload.Send(service.Anonymous, link, Content)).ShouldBeRefused(410, ending);
        await connection.Send(body[^10..]);
        (await connection.ReadAnswer()).Status.ShouldBeInRange(200, 201);
        (await service.Admin.Get(SignedLinks.Address)).Json.GetProperty("links")[0].GetProperty("uses").GetInt32().ShouldBe(1);
        await service.ShouldKeepOnlyWhatIsReferredTo();
        (await service.CountBlobs()).ShouldBe(1);
    }

    [Test]
    public async Task Belongs_to_the_maker_of_the_link()
    {
        var maker = OwnedFiles.For(Service, 77);
        using var client = Service.ClientWith(Service.Sign(new(maker.UserId.ToString()) { Organisations = [77] }));
        var link = await client.LinkTo("/v1/attachments/", """ "method":"POST" """);
        var answer = await Service.Anonymous.Ask(HttpMethod.Post, link, OwnedFiles.Form(Content));
        answer.ShouldBeEntry(201).GetProperty("owned_by_user").GetString().ShouldBe(maker.UserId.ToString());
        var set = TemporarySet.New(client);
        var upload = await client.LinkTo(set.Address, """ "method":"POST" """);
        (await Service.Anonymous.Ask(HttpMethod.Post, upload, Body.Multipart(Part.File("a", Content)))).Status.ShouldBe(201);
        (await set.Items()).Count.ShouldBe(1);

        // What a body asks beyond the upload itself is not granted.
        (await Service.Anonymous.Ask(HttpMethod.Post, link, OwnedFiles.Form(Content, ("owned_by_org", "77"))))
            .ShouldBeRefused(403, "organisation_forbidden");
    }
}
