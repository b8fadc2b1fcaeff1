using System.Security.Cryptography;
using Attachments.Application.Settings;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Uploads.Resumable;

/// <summary>Uploads that are longer than what S3 takes at once: parts, and the tail that waits for the rest of its part.</summary>
[TestFixture]
internal sealed class TusPartTests
{
    private const int Part = 8 << 20;

    private ServiceInStore? running;

    private RunningService Service => running!.Service;

    private HttpClient Client => Service.Admin;

    [OneTimeSetUp]
    public async Task Start() => running = await ServiceInStore.Start(StorageProvider.S3, "--Storage:ReclaimAfter=00:00:00");

    [OneTimeTearDown]
    public ValueTask Stop() => running?.DisposeAsync() ?? ValueTask.CompletedTask;

    [TearDown]
    public async Task ShouldKeepOnlyWhatIsReferredTo()
    {
        if (running is not null)
        {
            await running.ShouldKeepOnlyWhatIsReferredTo();
        }
    }

    [TestCase(Part - 1, Part - 1)]
    [TestCase(Part, Part)]
    [TestCase(Part + 1, Part)]
    [TestCase(2 * Part, 5_000_000)]
    [TestCase((3 * Part) + 1, 5_000_000)]
    [TestCase((2 * Part) + 5, (2 * Part) + 5)]
    [TestCase(3 * Part, Part + 3)]
    public async Task Stores_appends_of_any_length(int length, int append)
    {
        var file = Files.Make(length);
        var upload = await Have(length);
        for (var offset = 0; offset < length; offset += append)
        {
            var answer = await Client.Append(upload, offset, file[offset..Math.Min(offset + append, length)]);
            answer.ShouldBeAt(Math.Min(offset + append, length));
            (await StorageAudit.Inspect(Service.ConnectionString)).ShouldBeEmpty();
        }

        await ShouldBeStored(upload, file);
    }

    [Test]
    public async Task Counts_a_chunk_over_several_parts_whole_or_not_at_all()
    {
        var file = Files.Make((3 * Part) + 100);
        var upload = await Have(file.Length);
        (await Client.Append(upload, 0, file[..1000])).ShouldBeAt(1000);
        var wrong = await Client.Append(upload, 1000, Files.Make((2 * Part) + 5, 9), ("Content-Digest", file.Sha256Member()));
        wrong.ShouldBeTusProblem(400, "digest_mismatch");
        (await Client.AskOffset(upload)).ShouldBeAt(1000, 200);
        var chunk = file[1000..((2 * Part) + 50)];
        (await Client.Append(upload, 1000, chunk, ("Content-Digest", chunk.Sha256Member()))).ShouldBeAt(1000 + chunk.Length);
        (await Client.Append(upload, 1000 + chunk.Length, file[(1000 + chunk.Length)..])).ShouldBeAt(file.Length);
        await ShouldBeStored(upload, file);
        (await Service.Verify()).ShouldBe(0);
    }

    [Test]
    public async Task Stores_a_short_file_after_a_long_chunk_that_was_wrong()
    {
        var upload = (await Client.BeginWith("/v1/attachments/", null, ("Upload-Defer-Length", "1"))).Field("Location")!;
        (await Client.Append(upload, 0, Files.Make((2 * Part) + 5), ("Content-Digest", Files.Make(1).Sha256Member())))
            .ShouldBeTusProblem(400, "digest_mismatch");
        (await Client.Append(upload, 0, [1, 2], ("Upload-Length", "2"))).ShouldBeFinished([1, 2]);
    }

    [Test]
    public async Task Reads_back_what_another_instance_received()
    {
        var file = Files.Make((2 * Part) + 1000);
        await using var two = await Another();
        var upload = await Have(file.Length, ("Repr-Digest", $"sha-512=:{Convert.ToBase64String(SHA512.HashData(file))}:"));
        (await Client.Append(upload, 0, file[..(Part + 5)])).ShouldBeAt(Part + 5);
        (await two.Admin.Append(upload, Part + 5, file[(Part + 5)..(Part + 7)])).ShouldBeAt(Part + 7);
        (await Client.Append(upload, Part + 7, file[(Part + 7)..^1])).ShouldBeAt(file.Length - 1);
        (await two.Admin.Append(upload, file.Length - 1, file[^1..])).ShouldBeFinished(file);
        await ShouldBeStored(upload, file);
    }

    [Test]
    public async Task Finishes_once_where_several_instances_finish()
    {
        var file = Files.Make(Part + 1000);
        await using var two = await Another();
        var upload = await Have(file.Length + 1);
        (await Client.Append(upload, 0, file)).ShouldBeAt(file.Length);
        await Service.Execute($"UPDATE uploads SET length = {file.Length} WHERE id = '{upload["/uploads/".Length..]}'");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? Client : two.Admin).AskOffset(upload)));
        answers.Select(answer => answer.ShouldBeFinished(file, 200)).Distinct().ShouldHaveSingleItem();
        await ShouldBeStored(upload, file);
    }

    [TestCase("DELETE")]
    [TestCase("cut off")]
    [TestCase("refused")]
    [TestCase("expired")]
    public async Task Leaves_nothing_of_an_upload_that_ends(string end)
    {
        var upload = await Have(Part + 100, ("Repr-Digest", Files.Make(1).Sha256Member()));
        (await Client.Append(upload, 0, Files.Make(Part + 10))).ShouldBeAt(Part + 10);
        switch (end)
        {
            case "DELETE":
                (await Client.End(upload)).Status.ShouldBe(204);
                break;
            case "cut off":
                using (var body = await Body.Create(new byte[100], Tus.Chunk).InChunks())
                {
                    (await Client.Ask(HttpMethod.Patch, upload, body, Tus.Version, ("Upload-Offset", $"{Part + 10}"))).Status.ShouldBe(400);
                }

                break;
            case "refused":
                (await Client.Append(upload, Part + 10, new byte[90])).ShouldBeTusProblem(400, "digest_mismatch");
                break;
            default:
                await Service.Execute("UPDATE blobs SET touched_at = now() - interval '2 days' WHERE state = 0");
                break;
        }
    }

    [Test]
    public async Task Ends_an_upload_whose_parts_the_store_has_lost()
    {
        var file = Files.Make((2 * Part) + 100);
        var upload = await Have(file.Length);
        (await Client.Append(upload, 0, file[..(Part + 10)])).ShouldBeAt(Part + 10);
        await running!.AbortUploads();
        (await Client.Append(upload, Part + 10, file[(Part + 10)..])).Status.ShouldBeOneOf(400, 410);
        (await Client.AskOffset(upload)).Status.ShouldBe(410);
        var other = await Have(file.Length);
        (await Client.Append(other, 0, file[..^1])).ShouldBeAt(file.Length - 1);
        await running.AbortUploads();
        (await Client.Append(other, file.Length - 1, file[^1..])).ShouldBeTusProblem(410, "upload_expired");
    }

    [Test]
    public async Task Never_mixes_in_a_part_that_was_sent_late()
    {
        var file = Files.Make(Part + 100);
        var upload = await Have(file.Length);
        (await Client.Append(upload, 0, file[..^1])).ShouldBeAt(file.Length - 1);
        await running!.ReplacePart(1, Files.Make(Part, seed: 9));
        (await Client.Append(upload, file.Length - 1, file[^1..])).ShouldBeTusProblem(410, "upload_expired");
    }

    [Test]
    public async Task Takes_a_part_that_was_sent_twice()
    {
        var file = Files.Make(Part + 100);
        var upload = await Have(file.Length);
        (await Client.Append(upload, 0, file[..^1])).ShouldBeAt(file.Length - 1);
        await running!.ReplacePart(1, file[..Part]);
        (await Client.Append(upload, file.Length - 1, file[^1..])).ShouldBeFinished(file);
    }

    /// <summary>What is under way goes on in the store where it began, and what is new goes to the other.</summary>
    [TestCase(StorageProvider.S3)]
    [TestCase(StorageProvider.LargeObject)]
    public async Task Goes_on_where_it_began_when_the_provider_changes(StorageProvider began)
    {
        var file = Files.Make((2 * Part) + 100);
        await using var other = await Another("--Storage:Provider=LargeObject");
        var (before, after) = began == StorageProvider.S3 ? (Client, other.Admin) : (other.Admin, Client);
        var upload = await before.Have("/v1/attachments/", file.Length);
        (await before.Append(upload, 0, file[..(Part + 10)])).ShouldBeAt(Part + 10);
        var whole = await after.Have("/v1/attachments/", file.Length);
        (await after.Append(whole, 0, file)).ShouldBeFinished(file);
        (await after.Append(upload, Part + 10, file[(Part + 10)..^1])).ShouldBeAt(file.Length - 1);
        (await before.Append(upload, file.Length - 1, file[^1..])).ShouldBeFinished(file);
        await ShouldBeStored(upload, file);
        await ShouldBeStored(whole, file);
        foreach (var service in (RunningService[])[Service, other])
        {
            (await service.Verify()).ShouldBe(0);
        }

        (await Sql.Scalar<long>(Service.ConnectionString, "SELECT count(DISTINCT in_s3) FROM blobs WHERE state = 1")).ShouldBe(2);
    }

    private Task<RunningService> Another(params string[] settings) => running!.StartAnother(settings);

    private Task<string> Have(long length, params (string, string)[] fields) => Client.Have("/v1/attachments/", length, fields);

    private async Task ShouldBeStored(string upload, byte[] file)
    {
        var location = (await Client.AskOffset(upload)).ShouldBeFinished(file, 200);
        (await TusTarget.NewOwnedAttachment.Read(Service, location)).AsSpan().SequenceEqual(file).ShouldBeTrue();
    }
}
