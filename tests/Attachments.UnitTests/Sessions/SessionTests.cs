using Attachments.Domain;
using Attachments.Domain.Content;
using Attachments.Domain.Sessions;

namespace Attachments.UnitTests.Sessions;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SessionTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Session session = Session.Create(7, "12341234-12341234-1234-1234-123412341234", "mydevice", 1, 2);

    [Test]
    public void Takes_a_uuid_that_is_no_guid() => session.Uuid.ShouldBe("12341234-12341234-1234-1234-123412341234");

    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("a\0b")]
    public void Refuses_a_uuid_that_cannot_be_stored(string uuid) =>
        Should.Throw<DomainException>(() => Session.Create(7, uuid, "unit", 1, 2)).Code.ShouldBe("uuid_invalid");

    [Test]
    public void Refuses_a_uuid_that_is_no_unicode() =>
        Should.Throw<DomainException>(() => Session.Create(7, "\ud800", "unit", 1, 2)).Code.ShouldBe("uuid_invalid");

    [Test]
    public void Counts_the_characters_of_a_uuid_and_not_its_code_units()
    {
        Session.Create(7, string.Concat(Enumerable.Repeat("😀", 100)), "unit", 1, 2).Uuid.Length.ShouldBe(200);
        Should.Throw<DomainException>(() => Session.Create(7, new string('x', 101), "unit", 1, 2)).Code.ShouldBe("uuid_invalid");
    }

    [Test]
    public void Counts_off_points_that_are_removed_unseen_and_no_others()
    {
        session.Set("a", new ScalarValue("1"));
        var before = session.Revision;
        Should.Throw<ArgumentOutOfRangeException>(() => session.Discard(1));
        session.Discard(0);
        session.PointCount.ShouldBe(1);
        session.Revision.ShouldBeGreaterThan(before);
    }

    [TestCase("")]
    [TestCase("x\0")]
    public void Refuses_a_point_whose_name_cannot_be_stored(string name) =>
        Should.Throw<DomainException>(() => session.Set(name, new ScalarValue("1"))).Code.ShouldBe("point_name_invalid");

    [Test]
    public void Takes_the_last_value_of_a_point_whatever_it_held()
    {
        session.UnreferencedBy(it => it.Set("point", new ScalarValue("text"))).ShouldBeNull();
        session.UnreferencedBy(it => it.Set("point", new RawDataValue([1, 2]))).ShouldBeNull();
        var file = StoredBlob();
        session.UnreferencedBy(it => it.Set("point", new FileValue(FileName.From("photo.jpg"), file))).ShouldBeNull();
        var point = session.Points.ShouldHaveSingleItem();
        point.Scalar.ShouldBeNull();
        point.RawData.ShouldBeNull();
        point.Blob.ShouldBe(file);
        session.UnreferencedBy(it => it.Set("point", new ScalarValue("text"))).ShouldBe(file, "the transaction releases it");
        session.Points.ShouldHaveSingleItem().FileName.ShouldBeNull();
    }

    [Test]
    public void Names_a_point_that_holds_a_text_that_cannot_be_stored() =>
        Should.Throw<DomainException>(() => session.Set("depth", new ScalarValue("\ud800"))).Message.ShouldContain("depth");

    [TestCase("photo", "photo")]
    [TestCase("a/b", "b")]
    [TestCase("a/..", "attachment")]
    [TestCase(" ", "attachment")]
    [TestCase("a\uFFFE", "attachment")]
    public void Names_a_file_after_its_point_if_it_can(string point, string expected)
    {
        session.Set(point, new FileValue(null, StoredBlob()));
        session.Points.Single().FileName!.Value.ShouldBe(expected);
    }

    [Test]
    public void Takes_a_scalar_but_no_file_in_a_point_that_no_path_leads_to()
    {
        session.UnreferencedBy(it => it.Set("..", new ScalarValue("1"))).ShouldBeNull();
        Should.Throw<DomainException>(() => session.Set("..", new FileValue(null, StoredBlob()))).Code.ShouldBe("point_name_invalid");
    }

    [Test]
    public void Has_a_bound_of_points()
    {
        for (var i = 0; i < Session.MaxPoints; i++)
        {
            session.Set($"point{i}", new ScalarValue("1"));
        }

        Should.Throw<DomainException>(() => session.Set("one more", new ScalarValue("1"))).Code.ShouldBe("too_many_points");
        session.UnreferencedBy(it => it.Set("point0", new ScalarValue("another value"))).ShouldBeNull();
        session.PointCount.ShouldBe(Session.MaxPoints);
    }

    [Test]
    public void Is_saved_by_attaching_and_by_detaching()
    {
        session.Attach("photo", new FileValue(null, StoredBlob()), saved: 10);
        session.Saved.ShouldBe(10);
        session.UnreferencedBy(it => it.Detach("photo", saved: 11)).ShouldNotBeNull();
        session.Saved.ShouldBe(11);
        session.Points.ShouldBeEmpty();
    }

    [Test]
    public void Leaves_a_scalar_alone_when_asked_to_detach_it()
    {
        session.Set("scalar", new ScalarValue("1"));
        session.BlobIn("scalar").ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => session.Detach("scalar", saved: 11));
        session.Points.ShouldHaveSingleItem();
    }

    [Test]
    public void Raises_its_revision_with_every_change_so_that_two_cannot_be_made_from_one()
    {
        var revisions = new List<long> { session.Revision };
        session.Set("a", new ScalarValue("1"));
        revisions.Add(session.Revision);
        session.Attach("b", new FileValue(null, StoredBlob()), 10);
        revisions.Add(session.Revision);
        session.Detach("b", 11);
        revisions.Add(session.Revision);
        session.Update("unit", null, 12);
        revisions.Add(session.Revision);
        revisions.ShouldBeInOrder(SortDirection.Ascending);
        revisions.Distinct().Count().ShouldBe(5);
    }

    private static Blob StoredBlob()
    {
        var blob = Blob.CreatePending("image/jpeg", Guid.NewGuid(), Now);
        blob.Complete(3, new ContentDigests(new byte[16], new byte[32], 0), Now);
        return blob;
    }
}
