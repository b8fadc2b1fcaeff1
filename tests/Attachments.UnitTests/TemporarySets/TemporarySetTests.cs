using Attachments.Domain;
using Attachments.Domain.Content;
using Attachments.Domain.TemporarySets;

namespace Attachments.UnitTests.TemporarySets;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TemporarySetTests
{
    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 7, 1, 14, 0, 5, TimeSpan.FromHours(2)).AddMilliseconds(999);
    private static readonly Guid User = Guid.NewGuid();

    private readonly TemporarySet set = TemporarySet.Create(Guid.NewGuid(), User, Now.AddHours(-1));

    [Test]
    public void Numbers_its_files_and_never_gives_a_number_again()
    {
        Add("a").Ordinal.ShouldBe(1);
        var second = Add("b");
        second.Ordinal.ShouldBe(2);
        set.UnreferencedBy(it => it.Remove(second)).ShouldBe(second.Blob);
        Add("c").Ordinal.ShouldBe(3);
        set.ItemCount.ShouldBe(2);
        set.Items.Select(item => item.Name).ShouldBe(["a", "c"]);
    }

    [Test]
    public void Lives_from_the_last_upload_on()
    {
        set.LastUploadAt.ShouldBe(Now.AddHours(-1));
        Add("a");
        set.LastUploadAt.ShouldBe(Now);
    }

    [Test]
    public void Tells_when_a_file_came_in_whole_seconds_of_UTC()
    {
        var item = Add("a");
        item.CreatedAt.ShouldBe(new DateTimeOffset(2026, 7, 1, 12, 0, 5, TimeSpan.Zero));
        item.CreatedAt.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Test]
    public void Knows_of_a_file_what_its_blob_knows()
    {
        var item = Add("a");
        (item.ContentType, item.Size, item.CreatedById).ShouldBe(("image/png", 3L, User));
    }

    [TestCase(null)]
    [TestCase("")]
    public void Calls_a_file_without_a_name_as_it_is_called(string? name) => Add(name).Name.ShouldBe("photo.jpg");

    [TestCase("a\0b")]
    [TestCase("too long")]
    public void Refuses_a_name_that_cannot_be_stored(string name)
    {
        var given = name == "too long" ? new string('x', TemporaryItem.MaxNameCharacters + 1) : name;
        Should.Throw<DomainException>(() => Add(given)).Code.ShouldBe("item_name_invalid");
        set.ItemCount.ShouldBe(0);
    }

    [Test]
    public void Refuses_more_files_than_it_may_have()
    {
        typeof(TemporarySet).GetProperty(nameof(TemporarySet.ItemCount))!.SetValue(set, TemporarySet.MaxItems - 1);
        Add("last");
        Should.Throw<DomainException>(() => Add("one more")).Code.ShouldBe("too_many_items");
    }

    [Test]
    public void Has_another_revision_after_every_act()
    {
        var revisions = new HashSet<long> { set.Revision };
        var item = Add("a");
        revisions.Add(set.Revision).ShouldBeTrue();
        set.Remove(item);
        revisions.Add(set.Revision).ShouldBeTrue();
        set.Drop(Now);
        revisions.Add(set.Revision).ShouldBeTrue();
    }

    private TemporaryItem Add(string? name)
    {
        var blob = Blob.CreatePending("image/png", User, Now);
        blob.Complete(3, new ContentDigests(new byte[16], new byte[32], 0), Now);
        return set.Add(name, FileName.From("photo.jpg"), blob, User, Now);
    }
}
