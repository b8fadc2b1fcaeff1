using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.OwnedAttachments;

/// <summary>Bytes that are lost without anybody's wish, and settings, on services of their own.</summary>
[TestFixture]
internal sealed class MissingContentTests
{
    private const string Lose = "SELECT lo_unlink(large_object) FROM blobs WHERE released_at IS NULL";
    private static readonly byte[] Photo = Files.Make(Files.Small);

    [Test]
    public async Task Bytes_found_missing_are_known_to_be_gone_until_there_are_new_ones()
    {
        await using var service = await TestBed.StartService("--Storage:ReclaimAfter=00:00:00");
        var owner = OwnedFiles.For(service);
        var id = await owner.Have(Photo);
        (await service.Verify()).ShouldBe(0);
        var before = await owner.Get(id);
        await service.Execute(Lose);
        (await owner.Download(id)).ShouldBeProblem(410, "content_missing");
        (await owner.Get(id)).Text.ShouldBe(before.Text);

        (await service.Verify()).ShouldBe(1);
        var after = await owner.Get(id, ("If-None-Match", before.Field("ETag")!));
        after.ShouldBeEntry().GetProperty("s3_resource_deleted").GetBoolean().ShouldBeTrue();
        after.Json.RawText("updated_at").ShouldBe(before.Json.RawText("updated_at"));
        (await owner.Download(id)).ShouldBeProblem(410, "content_missing");
        (await OwnedFiles.OfAdmin(service).List()).Json[0].GetProperty("s3_resource_deleted").GetBoolean().ShouldBeTrue();
        (await owner.Patch(id, Body.Json("""{"description":"x"}"""), ("If-Match", before.Field("ETag")!)))
            .ShouldBeProblem(412, "precondition_failed");
        (await service.Verify()).ShouldBe(1);
        (await owner.Tag(id)).ShouldBe(after.Field("ETag"));

        (await owner.Put(id, OwnedFiles.Form(Photo), ("If-Match", after.Field("ETag")!))).ShouldBeEntry()
            .GetProperty("s3_resource_deleted").GetBoolean().ShouldBeFalse();
        (await owner.ReadFile(id)).ShouldBe(Photo);
        (await service.Verify()).ShouldBe(0);
        await service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Bytes_that_are_found_again_are_served_again()
    {
        await using var service = await TestBed.StartService();
        var owner = OwnedFiles.For(service);
        var id = await owner.Have(Photo);
        var tag = await owner.Tag(id);
        await service.Execute("UPDATE blobs SET missing_since = now()");
        (await owner.Download(id)).ShouldBeProblem(410, "content_missing");
        (await service.Verify()).ShouldBe(0);
        (await owner.ReadFile(id)).ShouldBe(Photo);
        (await owner.Tag(id)).ShouldBe(tag);
    }

    [Test]
    public async Task The_date_of_an_entry_never_goes_back()
    {
        await using var service = await TestBed.StartService();
        var owner = OwnedFiles.For(service);
        var id = await owner.Have(Photo);
        var date = (await owner.Get(id)).Field("Last-Modified")!;
        await service.Execute("UPDATE blobs SET missing_since = now() + interval '1 hour'");
        var marked = await owner.Get(id, ("If-Modified-Since", date));
        marked.ShouldBeEntry().GetProperty("s3_resource_deleted").GetBoolean().ShouldBeTrue();
        marked.Field("Last-Modified").ShouldBeNull();
        (await service.Verify()).ShouldBe(0);
        (await owner.Get(id)).Field("Last-Modified").ShouldBe(date);
    }

    [TestCase("null", "null")]
    [TestCase("None", "\"None\"")]
    public async Task An_unset_sequence_map_is_written_as_it_is_set(string setting, string written)
    {
        await using var service = await TestBed.StartService($"--OwnedAttachments:UnsetSequenceMap={setting}");
        var admin = OwnedFiles.OfAdmin(service);
        var id = await admin.Have(Photo);
        (await admin.Entry(id)).RawText("sequence_map_for").ShouldBe(written);
        (await admin.List()).Json[0].RawText("sequence_map_for").ShouldBe(written);
        (await admin.Put(id, Body.Json("""{"sequence_map_for":5}"""))).ShouldBeEntry().RawText("sequence_map_for").ShouldBe("5");
    }
}
