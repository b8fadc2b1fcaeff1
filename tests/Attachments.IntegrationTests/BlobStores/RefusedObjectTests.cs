using System.Security.Cryptography;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.Migration;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.BlobStores;

/// <summary>A bucket that refuses one object is asked for all the others.</summary>
[TestFixture]
internal sealed class RefusedObjectTests
{
    private const string Release = "UPDATE blobs SET released_at = touched_at";

    private static readonly Contrariness[] Refusals =
    [
        new(403, "InvalidObjectState"), new(403, "AccessDenied"), new(409, "OperationAborted"), new(400, "InvalidRequest"),
        new(500, "InternalError"), new(0),
    ];

    private S3Services s3 = null!;
    private ContraryEngine engine = null!;
    private TestServices services = null!;

    [SetUp]
    public async Task Start()
    {
        s3 = await S3Services.Start();
        engine = await ContraryEngine.Start(s3.Bucket.Options);
        services = s3.With(new StorageOptions { Provider = StorageProvider.S3, S3 = engine.Options });
    }

    [TearDown]
    public async Task Stop()
    {
        if (services is not null)
        {
            await services.DisposeAsync();
            await engine.DisposeAsync();
            await s3.DisposeAsync();
        }
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task The_sweeper_passes_over_it_and_tries_again_later(Contrariness refusal)
    {
        var refused = await StoreThree();
        await Sql.Execute(s3.Services.ConnectionString, Release);
        engine.Rule = Refuse("DELETE", refused, refusal);
        (await SweepLater()).Released.ShouldBe(new Reclaimed(2, 2000, 1));
        (await s3.Bucket.Keys()).ShouldBe([TestBucket.GetKey(refused)]);

        engine.Rule = _ => null;
        (await Sweep()).Released.ShouldBe(new Reclaimed(0, 0));
        (await SweepLater()).Released.ShouldBe(new Reclaimed(1, 1000));
        await s3.ShouldBeSound();
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task Verify_names_it_and_reads_the_others(Contrariness refusal)
    {
        var refused = await StoreThree();
        engine.Rule = Refuse("GET", refused, refusal);
        var findings = await services.InScope(
            scope => scope.GetRequiredService<ContentVerification>().Verify(CancellationToken.None).ToListAsync().AsTask());
        findings.Count.ShouldBe(3);
        findings.Where(finding => finding.Fault != BlobFault.None).ShouldBe([new BlobFinding(refused, 1000, BlobFault.Damaged)]);
        (await Sql.Scalar<long>(s3.Services.ConnectionString, "SELECT count(*) FROM blobs WHERE missing_since IS NOT NULL")).ShouldBe(0);
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task A_mover_leaves_it_and_takes_the_others(Contrariness refusal)
    {
        var refused = await StoreThree();
        engine.Rule = Refuse("GET", refused, refusal);
        (await Move(StorageProvider.LargeObject)).ShouldBe(new MoveResult(2, 2000, 1));
        engine.Rule = Refuse(
            "DELETE", await Sql.Scalar<Guid>(s3.Services.ConnectionString, "SELECT id FROM blobs WHERE store = 0 LIMIT 1"), refusal);
        (await SweepLater()).PassedOver.ShouldBe(1);
        (await s3.Bucket.Keys()).Count.ShouldBe(2);
        engine.Rule = _ => null;
        (await SweepLater()).PassedOver.ShouldBe(0);
        (await s3.Bucket.Keys()).ShouldBe([TestBucket.GetKey(refused)]);
        await s3.ShouldBeSound();
    }

    [TestCase(403, "InvalidAccessKeyId")]
    [TestCase(500, "InternalError")]
    [TestCase(0, "")]
    public async Task A_bucket_that_refuses_everything_ends_the_pass(int status, string code)
    {
        await StoreThree();
        engine.Rule = _ => new Contrariness(status, code);
        await Should.ThrowAsync<UnavailableException>(() => services.InScope(
            scope => scope.GetRequiredService<ContentVerification>().Verify(CancellationToken.None).ToListAsync().AsTask()));
        await Sql.Execute(s3.Services.ConnectionString, Release);
        await Should.ThrowAsync<UnavailableException>(SweepLater);
        (await s3.Bucket.Keys()).Count.ShouldBe(3);
        (await StorageAudit.CountBlobs(s3.Services.ConnectionString)).ShouldBe(3);
    }

    [TestCase(0, "")]
    [TestCase(500, "InternalError")]
    [TestCase(400, "RequestTimeout")]
    [TestCase(200, "")]
    [TestCase(200, "InternalError")]
    public async Task An_upload_whose_completion_is_not_answered_is_kept_where_the_object_is_whole(int status, string code)
    {
        engine.Rule = OnCompletion(new Contrariness(status, code, IsDone: true));
        var id = await Receive((8 << 20) + 5);
        (await s3.Bucket.Keys()).ShouldBe([TestBucket.GetKey(id)]);
        (await s3.Bucket.Uploads()).ShouldBeEmpty();
        await s3.ShouldBeSound();
    }

    [TestCase(0, "")]
    [TestCase(500, "InternalError")]
    [TestCase(200, "InternalError")]
    public async Task An_upload_that_is_not_completed_fails(int status, string code)
    {
        engine.Rule = OnCompletion(new Contrariness(status, code));
        await Should.ThrowAsync<UnavailableException>(() => Receive((8 << 20) + 5));
        (await s3.Bucket.Keys()).ShouldBeEmpty();
    }

    private static Func<string, Contrariness?> OnCompletion(Contrariness answer) =>
        request => request.StartsWith("POST ", StringComparison.Ordinal) && request.Contains("uploadId=", StringComparison.Ordinal)
            ? answer
            : null;

    private static Func<string, Contrariness?> Refuse(string method, Guid id, Contrariness answer) =>
        request => request.StartsWith($"{method} ", StringComparison.Ordinal)
            && request.Contains($"/{TestBucket.GetKey(id)}", StringComparison.Ordinal)
            ? answer
            : null;

    /// <returns>One of them, and not the last that is asked for.</returns>
    private async Task<Guid> StoreThree()
    {
        Guid[] ids = [await Receive(1000), await Receive(1000), await Receive(1000)];
        return ids.Order().First();
    }

    private Task<Guid> Receive(int length) => services.InScope(async scope =>
    {
        var upload = new IncomingFile(
            null, "image/png", null, ExpectedDigests.None, new MemoryStream(RandomNumberGenerator.GetBytes(length)));
        await using var receiver = scope.GetRequiredService<Uploader>().Open();
        var file = await receiver.Receive(upload, CancellationToken.None);
        var blob = await scope.GetRequiredService<IAttachmentsDb>()
            .Change(token => receiver.Complete(file, token), CancellationToken.None);
        return blob.Id;
    });

    private Task<MoveResult> Move(StorageProvider to) =>
        services.InScope(scope => scope.GetRequiredService<BlobMover>().Move(to, CancellationToken.None));

    private Task<SweepResult> SweepLater()
    {
        services.Time.Advance(TimeSpan.FromMinutes(11));
        return Sweep();
    }

    private Task<SweepResult> Sweep() => services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);
}
