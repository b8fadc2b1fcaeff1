using Attachments.Domain;
using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;

namespace Attachments.UnitTests.OwnedAttachments;

public sealed class OwnedAttachmentTests
{
    private static readonly DateTimeOffset Start = new(2020, 7, 22, 5, 8, 21, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Start.AddHours(1);
    private static readonly Guid Owner = Guid.NewGuid();

    private readonly Blob blob = StoredBlob();
    private OwnedAttachment attachment = null!;

    [SetUp]
    public void Create() => attachment = OwnedAttachment.Create(blob, FileName.From("a.txt"), "about", Owner, 3, Start);

    [Test]
    public void Holds_the_blob_that_it_is_made_from()
    {
        attachment.Blob.ShouldBe(blob);
        attachment.BlobId.ShouldBe(blob.Id);
        attachment.FileName.Value.ShouldBe("a.txt");
        attachment.Description.ShouldBe("about");
        attachment.OwnedByUser.ShouldBe(Owner);
        attachment.OwnedByOrganisation.ShouldBe(3);
        attachment.SequenceMap.ShouldBeNull();
        attachment.CreatedAt.ShouldBe(Start);
        attachment.UpdatedAt.ShouldBe(Start);
        attachment.Revision.ShouldBe(0);
    }

    private static readonly TestCaseData[] Changes =
    [
        Change("renamed", it => it.Rename(FileName.From("b.txt"), Later)),
        Change("described", it => it.Describe("", Later)),
        Change("mapped", it => it.SetSequenceMap(SequenceMap.From("5"), Later)),
        Change("shared with another", it => it.ShareWith(4, Later)),
        Change("shared with nobody", it => it.ShareWith(null, Later)),
        Change("transferred", it => it.TransferTo(Guid.NewGuid(), Later)),
        Change("replaced", it => it.Replace(StoredBlob(), Later)),
        Change("purged", it => it.Purge(Later)),
    ];

    [TestCaseSource(nameof(Changes))]
    public void A_change_makes_a_version(Action<OwnedAttachment> change)
    {
        change(attachment);
        attachment.Revision.ShouldBe(1);
        attachment.UpdatedAt.ShouldBe(Later);
        attachment.CreatedAt.ShouldBe(Start);
    }

    private static readonly TestCaseData[] NoChanges =
    [
        Change("renamed", it => it.Rename(FileName.From("a.txt"), Later)),
        Change("described", it => it.Describe("about", Later)),
        Change("mapped", it => it.SetSequenceMap(null, Later)),
        Change("shared", it => it.ShareWith(3, Later)),
        Change("transferred", it => it.TransferTo(Owner, Later)),
    ];

    [TestCaseSource(nameof(NoChanges))]
    public void What_was_so_before_makes_none(Action<OwnedAttachment> change)
    {
        change(attachment);
        attachment.Revision.ShouldBe(0);
        attachment.UpdatedAt.ShouldBe(Start);
    }

    [Test]
    public void Gives_back_the_blob_that_is_replaced()
    {
        var other = StoredBlob();
        attachment.UnreferencedBy(it => it.Replace(other, Later)).ShouldBe(blob);
        attachment.Blob.ShouldBe(other);
        attachment.BlobId.ShouldBe(other.Id);
    }

    [Test]
    public void Gives_back_the_blob_that_is_purged_and_only_once()
    {
        attachment.UnreferencedBy(it => it.Purge(Later)).ShouldBe(blob);
        attachment.BlobId.ShouldBeNull();
        attachment.UnreferencedBy(it => it.Purge(Later.AddHours(1))).ShouldBeNull();
        attachment.UpdatedAt.ShouldBe(Later);
        attachment.Revision.ShouldBe(1);
        attachment.UnreferencedBy(it => it.Replace(StoredBlob(), Later)).ShouldBeNull();
    }

    [Test]
    public void A_description_has_a_longest_length_in_characters()
    {
        attachment.Describe(string.Concat(Enumerable.Repeat("😀", OwnedAttachment.MaxDescriptionCharacters)), Later);
        foreach (var text in new[] { new string('a', OwnedAttachment.MaxDescriptionCharacters + 1), "\0", "\ud800" })
        {
            Should.Throw<DomainException>(() => attachment.Describe(text, Later)).Code.ShouldBe("description_invalid");
        }
    }

    private static TestCaseData Change(string name, Action<OwnedAttachment> change) => new TestCaseData(change).SetArgDisplayNames(name);

    private static Blob StoredBlob()
    {
        var blob = Blob.CreatePending("image/png", Owner, Start);
        blob.Complete(1, new ContentDigests(new byte[16], new byte[32], 0), Start);
        return blob;
    }
}
