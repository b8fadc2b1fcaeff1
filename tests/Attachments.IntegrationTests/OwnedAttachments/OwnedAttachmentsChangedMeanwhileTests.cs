using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.OwnedAttachments;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;
using Attachments.IntegrationTests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.OwnedAttachments;

/// <summary>What another request commits between the statements of one that changes an attachment.</summary>
[TestFixture]
internal sealed class OwnedAttachmentsChangedMeanwhileTests
{
    private readonly Meanwhile meanwhile = new();
    private TestServices services = null!;

    [SetUp]
    public async Task Start() => services = await TestServices.Start(interceptor: meanwhile);

    [TearDown]
    public ValueTask Stop() => services.DisposeAsync();

    [Test]
    public async Task An_update_that_changes_nothing_answers_what_it_found_though_the_attachment_is_deleted()
    {
        var id = await Create();
        meanwhile.AfterReading(
            "owned_attachments", () => Send(new DeleteOwnedAttachment(id, Preconditions.None)), inTransaction: false);
        var found = await Send(new UpdateOwnedAttachment(id, AsyncEnumerable.Empty<OwnedAttachmentEntry>(), Preconditions.None));
        meanwhile.HasHappened.ShouldBeTrue();
        found.FileName.ShouldBe("a.txt");
        found.ContentIsGone.ShouldBeFalse();
        await Should.ThrowAsync<NotFoundException>(() => Send(new GetOwnedAttachment(id)));
    }

    [Test]
    public async Task What_an_update_answers_is_what_is_read_later()
    {
        var id = await Create();
        services.Time.Advance(TimeSpan.FromTicks(12_345_678));
        var updated = await Send(new UpdateOwnedAttachment(
            id, new OwnedAttachmentEntry[] { new OwnedAttachmentChanges { FileName = FileName.From("b.txt") } }.ToAsyncEnumerable(),
            Preconditions.None));
        var read = await Send(new GetOwnedAttachment(id));
        updated.Representation.ShouldBe(read.Representation);
        updated.FileName.ShouldBe(read.FileName);
    }

    private Task<long> Create() => services.InScope(scope =>
    {
        var db = scope.GetRequiredService<IAttachmentsDb>();
        return db.Change(
            async token =>
            {
                var now = services.Time.GetUtcNow();
                var blob = Blob.CreatePending("text/plain", Guid.NewGuid(), now);
                blob.Complete(0, new ContentDigests(new byte[16], new byte[32], 0), now);
                var attachment = OwnedAttachment.Create(blob, FileName.From("a.txt"), "", Guid.NewGuid(), null, now);
                db.OwnedAttachments.Add(attachment);
                await db.SaveChangesAsync(token);
                return attachment.Id;
            },
            CancellationToken.None);
    });

    private Task<T> Send<T>(IRequest<T> request) => services.InScope(scope => scope.GetRequiredService<IMediator>().Send(request));
}
