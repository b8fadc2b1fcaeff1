using System.IO.Pipelines;
using System.Security.Cryptography;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Content;

/// <summary>The bytes of a small file come along with what is known of it, where they are likely to be wanted.</summary>
[TestFixture]
internal sealed class FindWithContentTests
{
    private TestServices services = null!;

    [OneTimeSetUp]
    public async Task Start() => services = await TestServices.Start();

    [OneTimeTearDown]
    public async Task Stop() => await services.DisposeAsync();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(SmallContent.MaxBytes)]
    public async Task Reads_the_bytes_of_a_small_file_along(int length)
    {
        var (id, content) = await Store(length);
        (await Find(id)).Content.ShouldBe(content);
        (await Send(id)).ShouldBe(content);
    }

    [Test]
    public async Task Reads_the_bytes_of_a_larger_file_when_they_are_sent()
    {
        var (id, content) = await Store(SmallContent.MaxBytes + 1);
        (await Find(id)).Content.ShouldBeNull();
        (await Send(id)).ShouldBe(content);
    }

    [Test]
    public async Task Reads_no_bytes_along_for_one_who_is_not_likely_to_want_them()
    {
        var (id, content) = await Store(1000);
        (await Find(id, whole: false)).Content.ShouldBeNull();
        (await Send(id, whole: false)).ShouldBe(content);
    }

    [Test]
    public async Task Reads_no_bytes_along_that_are_known()
    {
        var (id, content) = await Store(1000);
        (await Ask(id, SHA256.HashData(content))).ShouldBeNull();
        (await Ask(id, SHA256.HashData("others"u8))).ShouldBe(content);
        (await Ask(id, [])).ShouldBe(content);
        (await Ask(id, null)).ShouldBeNull();
    }

    [Test]
    public async Task Sends_any_part_of_what_was_read_along()
    {
        var (id, content) = await Store(1000);
        (await Send(id, 10, 20)).ShouldBe(content[10..30]);
    }

    [Test]
    public async Task Finds_nothing_where_there_is_nothing() => await services.InScope(async scope =>
        (await scope.GetRequiredService<BlobReader>().Find(Held(scope, Guid.NewGuid()), "question", true)).ShouldBeNull());

    [Test]
    public async Task Finds_a_file_whose_bytes_are_missing_and_fails_when_they_are_sent()
    {
        var (id, _) = await Store(1000);
        await Sql.Execute(services.ConnectionString, $"SELECT lo_unlink(large_object) FROM blobs WHERE id = '{id}'");
        (await Find(id)).Content.ShouldBeNull();
        await Should.ThrowAsync<BlobGoneException>(() => Send(id));
    }

    private Task<StoredFile> Find(Guid id, bool whole = true) => services.InScope(async scope =>
    {
        var found = await scope.GetRequiredService<BlobReader>().Find(Held(scope, id), "question", whole);
        return found.ShouldNotBeNull().Stored.ShouldNotBeNull();
    });

    private Task<byte[]?> Ask(Guid id, byte[]? unless) =>
        services.InScope(async scope => (await Held(scope, id)(unless)).ShouldNotBeNull().Content);

    private Task<byte[]> Send(Guid id, bool whole = true) => services.InScope(async scope =>
    {
        var file = await Find(id, whole);
        return await Send(scope, file, 0, file.Length);
    });

    private Task<byte[]> Send(Guid id, long offset, long count) =>
        services.InScope(async scope => await Send(scope, await Find(id), offset, count));

    private static async Task<byte[]> Send(IServiceProvider scope, StoredFile file, long offset, long count)
    {
        using var copy = new MemoryStream();
        await scope.GetRequiredService<BlobReader>().Send(file, offset, count, PipeWriter.Create(copy), CancellationToken.None);
        return copy.ToArray();
    }

    private static Func<byte[]?, Task<FoundFile?>> Held(IServiceProvider scope, Guid id)
    {
        var db = scope.GetRequiredService<IAttachmentsDb>().Context;
        var name = FileName.FromStored("file.bin");
        return unless => db.Set<Blob>().AsNoTracking()
            .Where(blob => blob.Id == id)
            .Select(blob => new FoundFile
            {
                FileName = name,
                Blob = blob,
                Content = SmallContent.Read(blob, unless),
            })
            .SingleOrDefaultAsync();
    }

    private async Task<(Guid Id, byte[] Content)> Store(int length)
    {
        var (blob, content) = await services.Store(length);
        return (blob.Id, content);
    }
}
