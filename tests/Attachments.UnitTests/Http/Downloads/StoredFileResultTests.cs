using System.Data.Common;
using System.Security.Cryptography;
using Attachments.Api.Http.Downloads;
using Attachments.Api.Http.Errors;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Persistence;
using Attachments.Domain.Changes;
using Attachments.Domain.Content;
using Attachments.Domain.Links;
using Attachments.Domain.OwnedAttachments;
using Attachments.Domain.Previews;
using Attachments.Domain.Records;
using Attachments.Domain.Sessions;
using Attachments.Domain.TemporarySets;
using Attachments.Domain.Uploads;
using Attachments.Domain.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Win32.SafeHandles;


namespace Attachments.UnitTests.Http.Downloads;

internal sealed class StoredFileResultTests
{
    private static readonly byte[] Bytes = RandomNumberGenerator.GetBytes((2 * BlobReader.PieceBytes) + 17);

    private static readonly StoredFile File = new(
        Guid.NewGuid(), FileName.From("noise.bin"), "application/octet-stream", Bytes.Length, new byte[16], SHA256.HashData(Bytes),
        DateTimeOffset.UnixEpoch);

    [Test]
    public async Task Sends_the_file()
    {
        var response = await Execute("GET");
        response.StatusCode.ShouldBe(200);
        response.ContentLength.ShouldBe(Bytes.Length);
        Body(response).ShouldBe(Bytes);
    }

    [Test]
    public async Task Sends_the_part_asked_for()
    {
        var first = BlobReader.PieceBytes - 3;
        var response = await Execute("GET", ("Range", $"bytes={first}-{first + 9}"));
        response.StatusCode.ShouldBe(206);
        response.ContentLength.ShouldBe(10);
        response.Headers.ContentRange.ToString().ShouldBe($"bytes {first}-{first + 9}/{Bytes.Length}");
        Body(response).ShouldBe(Bytes[first..(first + 10)]);
    }

    [Test]
    public async Task Sends_no_body_on_HEAD()
    {
        var response = await Execute("HEAD");
        response.StatusCode.ShouldBe(200);
        response.ContentLength.ShouldBe(Bytes.Length);
        Body(response).ShouldBeEmpty();
    }

    [Test]
    public async Task Sends_no_body_where_nothing_changed()
    {
        var response = await Execute("GET", ("If-None-Match", "*"));
        response.StatusCode.ShouldBe(304);
        response.ContentLength.ShouldBeNull();
        Body(response).ShouldBeEmpty();
    }

    [Test]
    public async Task Leaves_the_response_alone_where_it_refuses()
    {
        var context = Context("GET", ("Range", $"bytes={Bytes.Length}-"));
        await Should.ThrowAsync<RangeNotSatisfiableException>(() => Execute(context));
        context.Response.Headers.ShouldBeEmpty();
        context.Response.StatusCode.ShouldBe(200);
    }

    private static async Task<HttpResponse> Execute(string method, params (string Field, string Value)[] fields)
    {
        var context = Context(method, fields);
        await Execute(context);
        return context.Response;
    }

    private static Task Execute(HttpContext context) =>
        new StoredFileResult(File, File.MediaType, mayBeInline: false, FileFamily.Records).ExecuteResultAsync(new ActionContext { HttpContext = context });

    private static DefaultHttpContext Context(string method, params (string Field, string Value)[] fields)
    {
        var services = new ServiceCollection().AddLogging().AddOptions().AddSingleton(TimeProvider.System);
        services.AddSingleton<IBlobCache, NoCache>().AddSingleton<IBlobStore, OneBlob>().AddSingleton<IAttachmentsDb, NoDb>();
        services.AddMetrics().AddSingleton<ContentMetrics>().AddSingleton<BlobReader>();
        var context = new DefaultHttpContext { RequestServices = services.BuildServiceProvider() };
        context.Request.Method = method;
        context.Response.Body = new MemoryStream();
        foreach (var (field, value) in fields)
        {
            context.Request.Headers[field] = value;
        }

        return context;
    }

    private static byte[] Body(HttpResponse response) => ((MemoryStream)response.Body).ToArray();

    private sealed class NoCache : IBlobCache
    {
        public byte[]? PredictSha256(object request) => throw new NotSupportedException();

        public void RecordUse(StoredFile file)
        {
        }

        public SafeFileHandle? Open(StoredFile file) => null;

        public void Remove(StoredFile file) => throw new NotSupportedException();
    }

    private sealed class OneBlob : IBlobStore
    {
        public int PieceBytes => throw new NotSupportedException();

        public Task<int> Read(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            blobId.ShouldBe(File.BlobId);
            var length = (int)Math.Min(buffer.Length, Bytes.Length - offset);
            Bytes.AsMemory((int)offset, length).CopyTo(buffer);
            return Task.FromResult(length);
        }

        public Task Create(IReadOnlyList<NewBlob> blobs, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task Append(Guid blobId, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task Complete(Guid blobId, long length, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> Delete(IReadOnlyCollection<Guid> blobIds, DbTransaction transaction, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    /// <summary>A download this short has nothing to ask the database.</summary>
    private sealed class NoDb : IAttachmentsDb
    {
        public DbTransaction Transaction => throw new NotSupportedException();

        public DbSet<Blob> Blobs => throw new NotSupportedException();

        public DbSet<Session> Sessions => throw new NotSupportedException();

        public DbSet<OwnedAttachment> OwnedAttachments => throw new NotSupportedException();

        public DbSet<Record> Records => throw new NotSupportedException();

        public DbSet<RecordSequence> RecordSequences => throw new NotSupportedException();

        public DbSet<SpentNumber> SpentNumbers => throw new NotSupportedException();

        public DbSet<TemporarySet> TemporarySets => throw new NotSupportedException();

        public DbSet<TemporaryItem> TemporaryItems => throw new NotSupportedException();

        public DbSet<Link> Links => throw new NotSupportedException();

        public DbSet<Upload> Uploads => throw new NotSupportedException();

        public DbSet<Change> Changes => throw new NotSupportedException();

        public DbSet<Feed> Feeds => throw new NotSupportedException();

        public DbSet<Preview> Previews => throw new NotSupportedException();

        public DbSet<Webhook> Webhooks => throw new NotSupportedException();

        public DbSet<WebhookDelivery> WebhookDeliveries => throw new NotSupportedException();

        public Task<T> Change<T>(Func<CancellationToken, Task<T>> change, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public DbContext Context => throw new NotSupportedException();
        public Task LiftStatementTimeout(CancellationToken cancellationToken) => throw new NotSupportedException();


        public void Forget() => throw new NotSupportedException();

        public Task<int> SaveChangesAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
