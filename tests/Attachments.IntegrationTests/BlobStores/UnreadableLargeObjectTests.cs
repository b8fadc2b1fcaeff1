using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.Migration;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.BlobStores;

/// <summary>One large object that the disk does not give back, in the middle of others.</summary>
[TestFixture("58030")]
[TestFixture("58P01")]
[TestFixture("XX001")]
[TestFixture("XX002")]
internal sealed class UnreadableLargeObjectTests(string sqlState)
{
    private TestServices before = null!;
    private TestServices services = null!;
    private Guid unreadable;

    [SetUp]
    public async Task Start()
    {
        before = await TestServices.Start();
        Guid[] ids = [(await before.Store(1000)).Blob.Id, (await before.Store(1000)).Blob.Id, (await before.Store(1000)).Blob.Id];
        unreadable = ids.Order().First();
        var number = await Sql.Scalar<uint>(before.ConnectionString, $"SELECT large_object FROM blobs WHERE id = '{unreadable}'");
        await Sql.Execute(
            before.ConnectionString,
            $"""
            CREATE FUNCTION public.lo_get(lob oid, start bigint, count integer) RETURNS bytea LANGUAGE plpgsql AS $$ BEGIN
                IF lob = {number} THEN RAISE 'could not read' USING ERRCODE = '{sqlState}'; END IF;
                RETURN pg_catalog.lo_get(lob, start, count);
            END $$;
            CREATE FUNCTION public.lo_unlink(lob oid) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
                IF lob = {number} THEN RAISE 'could not read' USING ERRCODE = '{sqlState}'; END IF;
                RETURN pg_catalog.lo_unlink(lob);
            END $$
            """);
        services = TestServices.On($"{before.ConnectionString};Search Path='public,pg_catalog'");
    }

    [TearDown]
    public async Task Stop()
    {
        await services.DisposeAsync();
        await before.DisposeAsync();
    }

    [Test]
    public async Task Is_named_by_verify_which_reads_the_others()
    {
        var findings = await services.InScope(
            scope => scope.GetRequiredService<ContentVerification>().Verify(CancellationToken.None).ToListAsync().AsTask());
        findings.Count.ShouldBe(3);
        findings.Where(finding => finding.Fault != BlobFault.None).ShouldBe([new BlobFinding(unreadable, 1000, BlobFault.Damaged)]);
    }

    [Test]
    public async Task Is_passed_over_by_the_sweeper_and_tried_again_later()
    {
        await Sql.Execute(services.ConnectionString, "UPDATE blobs SET released_at = touched_at");
        (await SweepLater()).Released.ShouldBe(new Reclaimed(2, 2000, 1));
        (await Sweep()).Released.ShouldBe(new Reclaimed(0, 0));
        (await SweepLater()).Released.ShouldBe(new Reclaimed(0, 0, 1));
    }

    [Test]
    public async Task Is_left_by_a_mover_which_takes_the_others()
    {
        if (!TestBucket.IsAvailable)
        {
            Assert.Ignore(TestBucket.WhySkipped);
        }

        await using var bucket = await TestBucket.Create();
        await using var moving = TestServices.On(services.ConnectionString, storage: new StorageOptions { S3 = bucket.Options });
        (await moving.InScope(scope => scope.GetRequiredService<BlobMover>().Move(StorageProvider.S3, CancellationToken.None)))
            .ShouldBe(new MoveResult(2, 2000, 1));
        (await bucket.Keys()).ShouldNotContain(TestBucket.GetKey(unreadable));
    }

    private Task<SweepResult> SweepLater()
    {
        services.Time.Advance(TimeSpan.FromMinutes(11));
        return Sweep();
    }

    private Task<SweepResult> Sweep() => services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);
}
