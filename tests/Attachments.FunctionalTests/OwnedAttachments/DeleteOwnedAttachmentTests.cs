using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.OwnedAttachments;

[TestFixture]
internal sealed class DeleteOwnedAttachmentTests : OwnedAttachmentsFixture
{
    [TestCase("/v1/attachments/{0}")]
    [TestCase("/v1/attachments/{0}/")]
    [TestCase("/attachments/{0}")]
    [TestCase("/attachments/{0}/?content_only=false")]
    public async Task Takes_entry_and_bytes_away(string target)
    {
        var id = await Owner.Have(Large);
        var url = await Owner.DownloadUrl(id);
        var answer = await Owner.Send("DELETE", string.Format(null, target, id));
        answer.Status.ShouldBe(204, answer.Text);
        answer.Body.ShouldBeEmpty();
        (await Owner.Get(id)).ShouldBeProblem(404, "attachment_not_found");
        (await Owner.Send("GET", url)).ShouldBeProblem(404, "attachment_not_found");
        (await Owner.Delete(id)).ShouldBeProblem(404, "attachment_not_found");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Happens_only_to_the_version_that_is_named()
    {
        var id = await Owner.Have(Photo);
        var stale = await Owner.Tag(id);
        (await Owner.Patch(id, Body.Json("""{"description":"newer"}"""))).ShouldBeEntry();
        (await Owner.Delete(id, ("If-Match", stale))).ShouldBeProblem(412, "precondition_failed");
        (await Admin.Purge(id, ("If-Match", stale))).ShouldBeProblem(412, "precondition_failed");
        (await Owner.Delete(id, ("If-Unmodified-Since", "Wed, 22 Jul 2020 05:08:21 GMT"))).ShouldBeProblem(412, "precondition_failed");
        (await Owner.Delete(id, ("If-None-Match", "*"))).ShouldBeProblem(412, "precondition_failed");
        (await Owner.ReadFile(id)).ShouldBe(Photo);
        (await Owner.Delete(id, ("If-Match", await Owner.Tag(id)))).Status.ShouldBe(204);
    }

    [Test]
    public async Task A_purge_takes_the_bytes_and_leaves_the_entry([Values(Files.Small, Files.Large)] int length)
    {
        var id = await Owner.Have(Files.Make(length), ("description", "stays"));
        var before = await Owner.Get(id);
        (await Admin.Purge(id)).Status.ShouldBe(204);
        var after = await Owner.Get(id);
        after.ShouldBeEntry().GetProperty("s3_resource_deleted").GetBoolean().ShouldBeTrue();
        after.Json.GetProperty("description").GetString().ShouldBe("stays");
        after.Field("ETag").ShouldNotBe(before.Field("ETag"));
        (await Owner.Download(id)).ShouldBeProblem(410, "content_gone");
        (await Owner.Send("HEAD", await Owner.DownloadUrl(id))).Status.ShouldBe(410);
        (await Owner.Send("GET", $"/v1/uploaded-file/attachment_{id}/other.png")).ShouldBeProblem(404, "attachment_not_found");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task A_second_purge_changes_nothing()
    {
        var id = await Owner.Have(Photo);
        (await Admin.Purge(id)).Status.ShouldBe(204);
        var before = await Owner.Get(id);
        (await Admin.Purge(id)).Status.ShouldBe(204);
        var after = await Owner.Get(id);
        after.Text.ShouldBe(before.Text);
        after.Field("ETag").ShouldBe(before.Field("ETag"));
    }

    [Test]
    public async Task New_bytes_heal_what_was_purged()
    {
        var id = await Owner.Have(Photo);
        (await Admin.Purge(id)).Status.ShouldBe(204);
        (await Owner.Patch(id, Body.Json("""{"filename":"renamed.png"}"""))).ShouldBeEntry()
            .GetProperty("s3_resource_deleted").GetBoolean().ShouldBeTrue();
        (await Owner.Put(id, OwnedFiles.Form(Large))).ShouldBeEntry().GetProperty("s3_resource_deleted").GetBoolean().ShouldBeFalse();
        (await Owner.ReadFile(id)).ShouldBe(Large);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task What_was_purged_can_be_deleted()
    {
        var id = await Owner.Have(Photo);
        (await Admin.Purge(id)).Status.ShouldBe(204);
        (await Owner.Delete(id)).Status.ShouldBe(204);
        (await Owner.Get(id)).ShouldBeProblem(404, "attachment_not_found");
    }

    [Test]
    public async Task Only_an_administrator_purges()
    {
        var id = await Owner.Have(Photo, ("owned_by_org", $"{Organisation}"));
        foreach (var user in new[] { Owner, OwnedFiles.For(Service, Organisation), OwnedFiles.For(Service) })
        {
            (await user.Purge(id)).ShouldBeProblem(403, "admins_only");
        }

        (await Owner.ReadFile(id)).ShouldBe(Photo);
        (await Admin.Purge(long.MaxValue)).ShouldBeProblem(404, "attachment_not_found");
    }

    [TestCase("?content_only")]
    [TestCase("?content_only=")]
    [TestCase("?content_only=yes")]
    [TestCase("?content_only=1")]
    [TestCase("?content_only=false&content_only=true")]
    [TestCase("?content_only=true&content_only=true")]
    public async Task An_unclear_wish_deletes_nothing(string query)
    {
        var id = await Owner.Have(Photo);
        (await Admin.Send("DELETE", OwnedFiles.Target(id) + query)).ShouldBeProblem(400, "validation_failed");
        (await Owner.ReadFile(id)).ShouldBe(Photo);
    }
}
