using System.Text.Json;
using Attachments.Domain;
using Attachments.Domain.Content;
using Attachments.Domain.Records;

namespace Attachments.UnitTests.Records;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RecordTests
{
    private static readonly FilePlace Place = FilePlace.Create("folder", "a.png");

    private readonly Record record = Record.Create(RecordKey.Parse("Contract/57"), Attributes("""{"a":1}"""));

    [Test]
    public void Attaches_a_file_in_place_of_another_and_gives_that_one_back()
    {
        var (first, second) = (StoredBlob(), StoredBlob());
        record.UnreferencedBy(it => it.Attach(Place, first)).ShouldBeNull();
        record.UnreferencedBy(it => it.Attach(Place, second)).ShouldBe(first, "the transaction releases it");
        record.BlobAt(Place).ShouldBe(second);
        record.Files.ShouldHaveSingleItem().BlobId.ShouldBe(second.Id);
    }

    [Test]
    public void Adds_a_file_only_where_there_is_none()
    {
        record.Add(Place, StoredBlob());
        Should.Throw<DomainException>(() => record.Add(Place, StoredBlob())).Code.ShouldBe("file_exists");
        record.Add(FilePlace.Create(null, "a.png"), StoredBlob());
        record.Files.Count.ShouldBe(2);
    }

    [Test]
    public void Gives_back_the_file_that_it_detaches()
    {
        var blob = StoredBlob();
        record.Attach(Place, blob);
        record.UnreferencedBy(it => it.Detach(Place)).ShouldBe(blob);
        record.BlobAt(Place).ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => record.Detach(Place));
    }

    [Test]
    public void Counts_changes_of_what_it_says_apart_from_those_of_its_files()
    {
        record.Attach(Place, StoredBlob());
        record.Attach(Place, StoredBlob());
        record.Detach(Place);
        record.FilesRevision.ShouldBe(3);
        record.Revision.ShouldBe(0);
        record.Patch(Attributes("""{"a":2}"""));
        record.Replace(Attributes("""{"a":3}"""));
        record.Revision.ShouldBe(2);
        record.FilesRevision.ShouldBe(3);
    }

    [Test]
    public void Is_the_same_version_when_it_says_the_same()
    {
        record.Replace(Attributes("""{ "a" : 1 }"""));
        record.Patch(RecordAttributes.Empty);
        record.Revision.ShouldBe(0);
    }

    private static RecordAttributes Attributes(string json) => RecordAttributes.From(JsonElement.Parse(json));

    private static Blob StoredBlob()
    {
        var now = new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
        var blob = Blob.CreatePending("image/png", Guid.NewGuid(), now);
        blob.Complete(1, new ContentDigests(new byte[16], new byte[32], 0), now);
        return blob;
    }
}
