using Attachments.Application.Settings;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Downloads;

/// <summary>Files whose bytes the store has lost, in every family and in every store.</summary>
[TestFixtureSource(typeof(ServiceInStore), nameof(ServiceInStore.Stores))]
internal sealed class MissingBytesTests(StorageProvider provider)
{
    /// <summary>More than the buffers of the sockets take, so that most of it has yet to be read when it is lost.</summary>
    private const int Long = 16 << 20;

    private static readonly string[] Conditions =
        ["", "If-None-Match: \"x\"", "If-Match: \"x\"", "Range: bytes=5-9", "Range: bytes=9999999-"];

    private ServiceInStore? running;

    private static IEnumerable<ContentFamily> Families => ContentFamily.All;

    private RunningService Service => running?.Service ?? throw new InvalidOperationException("The service has not been started.");

    [OneTimeSetUp]
    public async Task Start() => running = await ServiceInStore.Start(provider);

    [OneTimeTearDown]
    public ValueTask Stop() => running?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Test]
    public async Task Found_by_the_first_read_are_410_and_nothing_of_the_file_is_said(
        [ValueSource(nameof(Families))] ContentFamily family,
        [Values(1, Files.Small, Files.Large)] int length,
        [Values("", "Range: bytes=0-0", "Range: bytes=-1")] string field)
    {
        var file = await family.Store(Service, Files.Make(length));
        await Lose();
        await ShouldBeMissing("GET", file, field);
    }

    [Test]
    public async Task Known_before_are_410_whatever_the_conditions(
        [ValueSource(nameof(Families))] ContentFamily family, [Values("GET", "HEAD")] string method)
    {
        var file = await family.Store(Service, Files.Make(Files.Small));
        await Lose();
        (await Service.Verify()).ShouldBeGreaterThan(0);
        foreach (var field in Conditions)
        {
            await ShouldBeMissing(method, file, field);
        }
    }

    [Test]
    public async Task Found_in_the_middle_of_a_body_end_the_connection_before_it_is_whole(
        [ValueSource(nameof(Families))] ContentFamily family)
    {
        if (provider == StorageProvider.Directory)
        {
            Assert.Ignore("A file that is open outlives its name.");
        }

        var file = await family.Store(Service, Files.Make(Long));
        await using var connection = await Service.Connect(receiveBuffer: 8 << 10);
        await connection.Send(Service.RequestHead("GET", file.Target));
        (await connection.ReadHead()).Status.ShouldBe(200);
        await Lose();
        var received = 0;
        await Should.ThrowAsync<IOException>(async () =>
        {
            for (; received < Long; received += 1000)
            {
                await connection.Read(1000);
            }
        });
        received.ShouldBeLessThan(Long);
    }

    [Test]
    public async Task An_empty_file_has_none_to_be_missed([ValueSource(nameof(Families))] ContentFamily family)
    {
        var file = await family.Store(Service, []);
        await Lose();
        (await Service.Admin.Ask(HttpMethod.Get, file.Target)).Status.ShouldBe(200);
    }

    private Task Lose() => running!.LoseBytes();

    private async Task ShouldBeMissing(string method, KeptFile file, string field)
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(method, file.Target, field is "" ? [] : [field]));
        var answer = await connection.ReadAnswer(toHead: method == "HEAD");
        answer.Status.ShouldBe(410, answer.Text);
        foreach (var name in new[] { "ETag", "Last-Modified", "Content-Disposition", "Content-Range", "Accept-Ranges", "Repr-Digest" })
        {
            answer.Field(name).ShouldBeNull(name);
        }

        if (method == "GET")
        {
            answer.Text.ShouldContain("\"content_missing\"");
        }
    }
}
