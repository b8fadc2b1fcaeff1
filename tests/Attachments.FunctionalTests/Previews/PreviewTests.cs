using System.Globalization;
using Attachments.Application.Previews;
using Attachments.Domain.Previews;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.FunctionalTests.Previews;

/// <summary>Previews on the content URLs of every family, whatever makes them.</summary>
internal sealed class PreviewTests
{
    private const string Thumb = "preview=thumb";

    private readonly ManualTime time = new(DateTimeOffset.UtcNow);

    private FakeRenderer renderer = new();
    private RunningService? running;

    private static IEnumerable<ContentFamily> Families => ContentFamily.All;

    private RunningService Service => running ?? throw new InvalidOperationException("The service has not been started.");

    [OneTimeSetUp]
    public async Task Start() => running = await TestBed.StartService(services => Replace(services, time), null);

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (running is not null)
        {
            await running.DisposeAsync();
        }
    }

    [SetUp]
    public void Renew() => renderer = new FakeRenderer();

    [TestCaseSource(nameof(Families))]
    public async Task Are_served_as_any_content(ContentFamily family)
    {
        var image = MakeImage();
        var file = await family.Store(Service, image, "photo of a goat.png", "image/png");
        var source = await Service.Admin.Get(file.Target);

        var preview = await Service.Admin.Get(With(file.Target, Thumb));

        preview.Status.ShouldBe(200, preview.Text);
        renderer.LastRead.ShouldBe(image);
        var expected = FakeRenderer.GetPreview("thumb");
        preview.Body.ShouldBe(expected);
        preview.Field("Content-Type").ShouldBe("image/jpeg");
        preview.Field("Content-Disposition").ShouldBe("inline; filename=\"photo of a goat.jpg\"");
        preview.Field("ETag").ShouldBe($"\"{expected.Sha256()}\"");
        preview.Field("Repr-Digest").ShouldBe($"sha-256=:{Convert.ToBase64String(Convert.FromHexString(expected.Sha256()))}:");
        preview.Field("Last-Modified").ShouldBe(source.Field("Last-Modified"));
        preview.Field("Cache-Control").ShouldBe("private, no-cache");
        preview.Field("X-Content-Type-Options").ShouldBe("nosniff");
        preview.Field("Content-Security-Policy").ShouldBe("default-src 'none'; sandbox");
        preview.Field("Accept-Ranges").ShouldBe("bytes");
        preview.Field("Vary").ShouldBe(source.Field("Vary"));

        var head = await Service.Admin.Head(With(file.Target, Thumb));
        head.Status.ShouldBe(200);
        head.Fields.Where(field => field.Key != "Date").ShouldBe(preview.Fields.Where(field => field.Key != "Date"), ignoreOrder: true);
        (await Service.Admin.Get(With(file.Target, Thumb), ("If-None-Match", preview.Field("ETag")!))).Status.ShouldBe(304);
        (await Service.Admin.Get(With(file.Target, Thumb), ("If-None-Match", source.Field("ETag")!))).Status.ShouldBe(200);
        var range = await Service.Admin.Get(With(file.Target, Thumb), ("Range", "bytes=2-8"));
        (range.Status, range.Text).ShouldBe((206, "preview"));
        renderer.Renderings.ShouldBe(1);
        (await Service.Verify()).ShouldBe(0);
    }

    [TestCaseSource(nameof(Families))]
    public async Task Are_remembered_where_there_is_none(ContentFamily family)
    {
        renderer.Refusal = PreviewRefusal.Damaged;
        var file = await family.Store(Service, MakeImage(), "broken.png");

        for (var time = 0; time < 2; time++)
        {
            var answer = await Service.Admin.Get(With(file.Target, Thumb));
            answer.Field("Cache-Control").ShouldBe("private, max-age=3600");
            ShouldBeRefused(answer, family, 404, "no_preview");
        }

        renderer.Renderings.ShouldBe(1);
        (await Service.Admin.Get(file.Target)).Status.ShouldBe(200);
    }

    [TestCaseSource(nameof(Families))]
    public async Task Have_no_other_sizes_than_the_configured_ones(ContentFamily family)
    {
        var file = await family.Store(Service, MakeImage(), "a.png");
        foreach (var query in new[] { "preview=", "preview", "preview=Thumb", "preview=160x160", "preview=thumb&preview=small" })
        {
            var answer = await Service.Admin.Get(With(file.Target, query));
            ShouldBeRefused(answer, family, 400, "unknown_preset");
            answer.Text.ShouldContain("large, small, thumb");
        }

        renderer.Renderings.ShouldBe(0);
    }

    [TestCaseSource(nameof(Families))]
    public async Task Are_refused_in_the_order_of_the_contract(ContentFamily family)
    {
        var file = await family.Store(Service, MakeImage(), "a.png");
        (await Service.Anonymous.Get(With(file.Target, "preview=unknown"))).Status.ShouldBe(401);
        (await Service.Other.Get(With(file.Target, "preview=unknown"))).Status.ShouldBeOneOf(403, 404);
        var gone = file.Target.Replace("a.png", "b.png", StringComparison.Ordinal) is var other && other != file.Target
            ? other
            : file.Target + "0";
        (await Service.Admin.Get(With(gone, "preview=unknown"))).Status.ShouldBeOneOf(404, 400);

        await using var off = await TestBed.StartService();
        var stored = await family.Store(off, MakeImage(), "a.png");
        ShouldBeRefused(await off.Admin.Get(With(stored.Target, "preview=unknown")), family, 404, "previews_off");
        (await off.Admin.Get(With(stored.Target, Thumb))).Field("Cache-Control").ShouldNotBe("private, max-age=3600");
    }

    [TestCaseSource(nameof(Families))]
    public async Task Of_missing_bytes_are_410_as_the_content_itself(ContentFamily family)
    {
        var image = MakeImage();
        var file = await family.Store(Service, image, "a.png");
        await Service.Execute($"SELECT lo_unlink(large_object) FROM blobs WHERE sha256 = '\\x{image.Sha256()}'");
        ShouldBeRefused(await Service.Admin.Get(With(file.Target, Thumb)), family, 410, "content_missing");
        (await Service.Verify()).ShouldBe(1);
        ShouldBeRefused(await Service.Admin.Get(With(file.Target, Thumb)), family, 410, "content_missing");
        ShouldBeRefused(await Service.Admin.Get(With(file.Target, "preview=x")), family, 400, "unknown_preset");
        (await Service.Admin.Ask(HttpMethod.Delete, file.Entry)).Status.ShouldBeLessThan(300);
    }

    [Test]
    public async Task Of_what_is_no_image_are_refused_without_a_decoder()
    {
        var file = await ContentFamily.Sessions.Store(Service, "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), "a.jpg", "image/jpeg");
        ShouldBeRefused(await Service.Admin.Get(With(file.Target, Thumb)), ContentFamily.Sessions, 404, "no_preview");
        var empty = await ContentFamily.Sessions.Store(Service, [], "a.jpg", "image/jpeg");
        ShouldBeRefused(await Service.Admin.Get(With(empty.Target, Thumb)), ContentFamily.Sessions, 404, "no_preview");
        renderer.Renderings.ShouldBe(0);
    }

    [Test]
    public async Task Are_made_once_for_fifty_requests_at_a_time()
    {
        var file = await ContentFamily.OwnedAttachments.Store(Service, MakeImage(), "a.png");
        renderer.Close();
        var asked = Enumerable.Range(0, 50).Select(_ => Service.Admin.Get(With(file.Target, Thumb))).ToList();
        await WaitForRenderings(1);
        renderer.Gate.SetResult();
        foreach (var answer in await Task.WhenAll(asked))
        {
            answer.Status.ShouldBe(200, answer.Text);
            answer.Body.ShouldBe(FakeRenderer.GetPreview("thumb"));
        }

        renderer.Renderings.ShouldBe(1);
    }

    [Test]
    public async Task Are_made_together_with_the_smaller_ones()
    {
        renderer.Makes = ["thumb", "small"];
        var file = await ContentFamily.Records.Store(Service, MakeImage(), "a.png");
        (await Service.Admin.Get(With(file.Target, "preview=large"))).Status.ShouldBe(200);
        (await Service.Admin.Get(With(file.Target, "preview=small"))).Body.ShouldBe(FakeRenderer.GetPreview("small"));
        (await Service.Admin.Get(With(file.Target, Thumb))).Body.ShouldBe(FakeRenderer.GetPreview("thumb"));
        renderer.Renderings.ShouldBe(1);
    }

    [Test]
    public async Task Of_another_size_are_made_after_the_one_that_is_being_made()
    {
        var file = await ContentFamily.Records.Store(Service, MakeImage(), "a.png");
        renderer.Close();
        var thumb = Service.Admin.Get(With(file.Target, Thumb));
        await WaitForRenderings(1);
        var large = Service.Admin.Get(With(file.Target, "preview=large"));
        renderer.Gate.SetResult();
        (await thumb).Body.ShouldBe(FakeRenderer.GetPreview("thumb"));
        (await large).Body.ShouldBe(FakeRenderer.GetPreview("large"));
        renderer.Renderings.ShouldBe(2);
    }

    [Test]
    public async Task That_took_too_long_are_tried_once_more_after_ten_minutes()
    {
        renderer.Refusal = PreviewRefusal.TimedOut;
        var file = await ContentFamily.Sessions.Store(Service, MakeImage(), "a.png");
        ShouldBeBusy(await Service.Admin.Get(With(file.Target, Thumb)), 590, 600);
        time.Advance(TimeSpan.FromMinutes(4));
        ShouldBeBusy(await Service.Admin.Get(With(file.Target, Thumb)), 350, 360);
        renderer.Renderings.ShouldBe(1);

        time.Advance(TimeSpan.FromMinutes(6));
        (await Service.Admin.Get(With(file.Target, Thumb))).ShouldBeProblem(404, "no_preview");
        time.Advance(TimeSpan.FromMinutes(11));
        (await Service.Admin.Get(With(file.Target, Thumb))).ShouldBeProblem(404, "no_preview");
        renderer.Renderings.ShouldBe(2);
    }

    [Test]
    public async Task That_are_made_at_the_second_try_are_served()
    {
        renderer.Refusal = PreviewRefusal.TimedOut;
        var file = await ContentFamily.Sessions.Store(Service, MakeImage(), "a.png");
        ShouldBeBusy(await Service.Admin.Get(With(file.Target, Thumb)), 590, 600);
        time.Advance(TimeSpan.FromMinutes(10));
        renderer.Refusal = null;
        (await Service.Admin.Get(With(file.Target, Thumb))).Status.ShouldBe(200);
    }

    [Test]
    public async Task That_are_not_ready_in_time_are_503_and_made_all_the_same()
    {
        await using var service = await StartService("--Previews:WaitFor=00:00:00.2");
        var file = await ContentFamily.Sessions.Store(service, MakeImage(), "a.png");
        renderer.Close();
        ShouldBeBusy(await service.Admin.Get(With(file.Target, Thumb)), 2, 2);
        renderer.Gate.SetResult();
        await Eventually.Holds(async () => (await service.Admin.Get(With(file.Target, Thumb))).Status == 200, "the preview is there");
        renderer.Renderings.ShouldBe(1);
    }

    [Test]
    public async Task That_find_the_queue_full_are_503()
    {
        await using var service = await StartService("--Previews:Concurrency=1", "--Previews:Queue=1");
        var targets = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            targets.Add(With((await ContentFamily.Sessions.Store(service, MakeImage(), "a.png")).Target, Thumb));
        }

        renderer.Close();
        var (first, second) = (service.Admin.Get(targets[0]), service.Admin.Get(targets[1]));
        await WaitForRenderings(1);
        Answer third;
        do
        {
            // The second may not have come to the queue yet; then this one has, and waits for the gate.
            third = await service.Admin.Get(targets[2]).WaitAsync(TimeSpan.FromSeconds(30));
        }
        while (third.Status != 503);

        ShouldBeBusy(third, 2, 2);
        renderer.Gate.SetResult();
        (await first).Status.ShouldBe(200);
        (await second).Status.ShouldBe(200);
    }

    [Test]
    public async Task Of_large_files_are_not_made()
    {
        await using var service = await StartService("--Previews:MaxSourceBytes=1000");
        var small = await ContentFamily.Sessions.Store(service, MakeImage(1000), "a.png");
        var large = await ContentFamily.Sessions.Store(service, MakeImage(1001), "a.png");
        (await service.Admin.Get(With(small.Target, Thumb))).Status.ShouldBe(200);
        (await service.Admin.Get(With(large.Target, Thumb))).ShouldBeProblem(404, "no_preview");
        renderer.Renderings.ShouldBe(1);
    }

    [Test]
    public async Task Go_with_their_file([ValueSource(nameof(Families))] ContentFamily family)
    {
        await using var service = await StartService("--Storage:ReclaimAfter=00:00:00");
        var file = await family.Store(service, MakeImage(), "a.png");
        (await service.Admin.Get(With(file.Target, Thumb))).Status.ShouldBe(200);
        (await StorageAudit.Inspect(service.ConnectionString)).ShouldBeEmpty();
        (await service.CountBlobs()).ShouldBe(2);

        (await service.Admin.Ask(HttpMethod.Delete, file.Entry)).Status.ShouldBeLessThan(300);
        await service.ShouldKeepOnlyWhatIsReferredTo();
        (await service.CountBlobs()).ShouldBe(0);
    }

    [Test]
    public async Task Stay_with_a_file_that_is_claimed()
    {
        var set = TemporarySet.New(Service.Admin);
        var answer = await set.Upload(Part.File("n", MakeImage(), "a.png"));
        var item = answer.Json[0].Id();
        var preview = await Service.Admin.Get(With(TemporarySet.Contents(item), Thumb));
        preview.Status.ShouldBe(200);

        var claimed = (await set.Claim("""{"Owned":{} }""")).Json.GetRawText();
        var start = claimed.IndexOf("/v1/uploaded-file/", StringComparison.Ordinal);
        start.ShouldBePositive(claimed);
        var target = claimed[start..claimed.IndexOf('"', start)];
        (await Service.Admin.Get(With(target, Thumb))).Field("ETag").ShouldBe(preview.Field("ETag"));
        renderer.Renderings.ShouldBe(1);
    }

    [Test]
    public async Task Of_two_replicas_at_a_time_are_kept_once()
    {
        await using var one = await StartService();
        await using var other = await StartReplica(one);
        var file = await ContentFamily.Sessions.Store(one, MakeImage(), "a.png");
        renderer.Close();
        var (first, second) = (one.Admin.Get(With(file.Target, Thumb)), other.Admin.Get(With(file.Target, Thumb)));
        await WaitForRenderings(2);
        renderer.Gate.SetResult();
        (await first).Status.ShouldBe(200, (await first).Text);
        (await second).Status.ShouldBe(200, (await second).Text);
        (await StorageAudit.Inspect(one.ConnectionString)).ShouldBeEmpty();
        (await StorageAudit.CountUnreferred(one.ConnectionString)).ShouldBe(0);
    }

    [Test]
    public async Task Of_other_settings_are_other_previews()
    {
        await using var one = await StartService();
        var file = await ContentFamily.Sessions.Store(one, MakeImage(), "a.png");
        (await one.Admin.Get(With(file.Target, Thumb))).Status.ShouldBe(200);
        await using var other = await StartReplica(
            one, "--Previews:Presets:thumb:Width=100", "--Previews:Presets:thumb:Height=100");
        (await other.Admin.Get(With(file.Target, Thumb))).Status.ShouldBe(200);
        renderer.Renderings.ShouldBe(2);
        (await other.Admin.Get(With(file.Target, "preview=large"))).ShouldBeProblem(400, "unknown_preset");
        (await StorageAudit.Inspect(one.ConnectionString)).ShouldBeEmpty();
    }

    [Test]
    public async Task Are_granted_by_a_link_to_the_file([ValueSource(nameof(Families))] ContentFamily family)
    {
        var file = await family.Store(Service, MakeImage(), "a.png");
        var link = await Service.Admin.LinkTo(file.Target);
        (await Service.Anonymous.Get(With(link, Thumb))).Body.ShouldBe(FakeRenderer.GetPreview("thumb"));

        var pinned = await Service.Admin.LinkTo(file.Target, "\"pin\":true,\"filename\":\"b.x.tiff\"");
        var preview = await Service.Anonymous.Get(With(pinned, Thumb));
        preview.Status.ShouldBe(200, preview.Text);
        preview.Field("Content-Disposition").ShouldBe("inline; filename=\"b.x.jpg\"");
    }

    private Task WaitForRenderings(int count) =>
        Eventually.Holds(() => Task.FromResult(renderer.Renderings >= count), "the decoding has begun");

    /// <summary>One whose clock is right.</summary>
    private Task<RunningService> StartService(params string[] settings) =>
        TestBed.StartService(services => Replace(services, TimeProvider.System), null, settings);

    private Task<RunningService> StartReplica(RunningService other, params string[] settings) =>
        TestBed.StartService(services => Replace(services, TimeProvider.System), other.ConnectionString, settings);

    /// <summary>The service has the renderer of the test that asks.</summary>
    private void Replace(IServiceCollection services, TimeProvider clock) => services
        .AddSingleton(clock)
        .AddSingleton<IPreviewRenderer>(new CurrentRenderer(() => renderer));

    private static string With(string target, string query) => $"{target}{(target.Contains('?') ? '&' : '?')}{query}";

    private static int seed;

    /// <summary>A PNG at its beginning, and like no other.</summary>
    private static byte[] MakeImage(int length = 5000)
    {
        var image = Files.Make(length, Interlocked.Increment(ref seed));
        new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a }.CopyTo(image, 0);
        return image;
    }

    private static void ShouldBeBusy(Answer answer, int least, int most)
    {
        answer.ShouldBeProblem(503, "preview_busy");
        int.Parse(answer.Field("Retry-After")!, CultureInfo.InvariantCulture).ShouldBeInRange(least, most);
    }

    private static void ShouldBeRefused(Answer answer, ContentFamily family, int status, string code)
    {
        answer.Status.ShouldBe(status, answer.Text);
        if (family == ContentFamily.Records && status == 404)
        {
            answer.Body.ShouldBeEmpty();
        }
        else
        {
            answer.Text.ShouldContain($"\"{code}\"");
        }
    }

    private sealed class CurrentRenderer(Func<FakeRenderer> find) : IPreviewRenderer
    {
        public Task<string?> FindEngine(CancellationToken cancellationToken) => find().FindEngine(cancellationToken);

        public Task<PreviewRendering> Render(
            string wanted, int length, Func<System.IO.Pipelines.PipeWriter, CancellationToken, Task> copy, CancellationToken cancellationToken) =>
            find().Render(wanted, length, copy, cancellationToken);
    }
}
