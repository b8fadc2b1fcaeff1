using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.OwnedAttachments;

/// <summary>Writers at once: each succeeds or fails as a whole, and no file is left without an owner.</summary>
[TestFixture]
[Category(TestBed.Race)]
internal sealed class ConcurrentChangesTests : OwnedAttachmentsFixture
{
    private const int Clients = 12;

    private static readonly List<byte[]> Replacements =
        [.. Enumerable.Range(10, Clients).Select(seed => Files.Make(seed % 2 == 0 ? Files.Small : Files.Large, seed))];

    [Test]
    public async Task The_bytes_of_one_of_many_replacements_stand()
    {
        var id = await Owner.Have(Photo);
        var answers = await Task.WhenAll(Replacements.Select(file => Owner.Put(id, OwnedFiles.Form(file))));
        answers.ShouldAllBe(answer => answer.Status == 200);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        var found = await Owner.ReadFile(id);
        Replacements.ShouldContain(file => file.SequenceEqual(found));
    }

    [Test]
    public async Task Different_fields_changed_at_once_are_all_changed()
    {
        var id = await Owner.Have(Photo);
        var answers = await Task.WhenAll(
            Owner.Put(id, OwnedFiles.Form(Large)),
            Owner.Put(id, Body.Json("""{"filename":"new.txt"}""")),
            Owner.Patch(id, Body.Json("""{"description":"new"}""")),
            Owner.Patch(id, Body.Form(("sequence_map_for", "5"))),
            Owner.Patch(id, Body.Json($$"""{"owned_by_org":{{Organisation}}}""")));
        answers.ShouldAllBe(answer => answer.Status == 200);
        var entry = await Owner.Entry(id);
        entry.GetProperty("filename").GetString().ShouldBe("new.txt");
        entry.GetProperty("description").GetString().ShouldBe("new");
        entry.GetProperty("sequence_map_for").GetInt32().ShouldBe(5);
        entry.GetProperty("owned_by_org").GetInt64().ShouldBe(Organisation);
        (await Owner.ReadFile(id)).ShouldBe(Large);
    }

    [Test]
    public async Task Only_one_of_many_changes_the_version_that_all_name()
    {
        var id = await Owner.Have(Photo);
        var tag = await Owner.Tag(id);
        var answers = await Task.WhenAll(
            Replacements.Select(file => Owner.Put(id, OwnedFiles.Form(file), ("If-Match", tag))));
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        answers.Count(answer => answer.Status == 412).ShouldBe(Clients - 1);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Owner.ReadFile(id)).ShouldBe(Replacements[answers.ToList().FindIndex(answer => answer.Status == 200)]);
    }

    [Test]
    public async Task One_deleted_while_its_bytes_are_replaced_is_gone_with_all_of_them()
    {
        var id = await Owner.Have(Photo);
        var replacing = Replacements.Select(file => Owner.Put(id, OwnedFiles.Form(file)));
        var answers = await Task.WhenAll([.. replacing, Owner.Delete(id), Owner.Delete(id)]);
        answers[..Clients].ShouldAllBe(answer => answer.Status == 200 || answer.Status == 404);
        answers[Clients..].Select(answer => answer.Status).Order().ShouldBe([204, 404]);
        (await Owner.Get(id)).ShouldBeProblem(404, "attachment_not_found");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task One_purged_while_its_bytes_are_replaced_has_new_ones_or_none()
    {
        var id = await Owner.Have(Photo);
        var replacing = Replacements.Select(file => Owner.Put(id, OwnedFiles.Form(file)));
        var answers = await Task.WhenAll([.. replacing, Admin.Purge(id), Admin.Purge(id), Admin.Purge(id)]);
        answers.ShouldAllBe(answer => answer.Status == 200 || answer.Status == 204);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        var isGone = (await Owner.Entry(id)).GetProperty("s3_resource_deleted").GetBoolean();
        var download = await Owner.Download(id);
        download.Status.ShouldBe(isGone ? 410 : 200);
        if (!isGone)
        {
            Replacements.ShouldContain(file => file.SequenceEqual(download.Body));
        }
    }

    [Test]
    public async Task Purges_at_once_are_one()
    {
        var id = await Owner.Have(Large);
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Admin.Purge(id)));
        answers.ShouldAllBe(answer => answer.Status == 204);
        (await Owner.Tag(id)).ShouldBe($"\"{id}-1-gone\"");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }
}
