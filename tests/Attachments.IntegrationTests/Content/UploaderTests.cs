using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Sessions;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Content;

[TestFixture]
internal sealed class UploaderTests
{
    private TestServices services = null!;

    [OneTimeSetUp]
    public async Task Start() => services = await TestServices.Start();

    [OneTimeTearDown]
    public async Task Stop() => await services.DisposeAsync();

    [SetUp]
    public async Task Store()
    {
        await Sql.Execute(services.ConnectionString, "DELETE FROM sessions");
        await services.InScope(scope =>
        {
            var db = scope.GetRequiredService<IAttachmentsDb>();
            return db.Change(_ => Task.FromResult(db.Sessions.Add(Session.Create(1, "session", "unit", 0, 0))), CancellationToken.None);
        });
    }

    [Test]
    public async Task Changes_what_it_loaded_first_while_the_upload_is_in_memory()
    {
        (await Attach("point", () => Task.CompletedTask)).ShouldBe(1);
        (await Points()).ShouldBe(["point"]);
    }

    [Test]
    public async Task Loads_again_where_the_upload_was_written_to_the_store()
    {
        (await Attach("point", () => Task.CompletedTask, UploadReceiver.MinPieceBytes)).ShouldBe(2);
        (await Points()).ShouldBe(["point"]);
    }

    [TestCase(10)]
    [TestCase(UploadReceiver.MinPieceBytes)]
    public async Task Loads_again_where_another_request_was_faster(int length)
    {
        var loads = await Attach("point", () => Attach("faster", () => Task.CompletedTask), length);
        loads.ShouldBe(2);
        (await Points()).ShouldBe(["faster", "point"]);
    }

    [Test]
    public async Task Reads_nothing_where_the_destination_refuses()
    {
        var read = false;
        await Should.ThrowAsync<ConflictException>(() => Attach(
            "point",
            () =>
            {
                read = true;
                return Task.CompletedTask;
            },
            refusal: new ConflictException("no", "No.")));
        read.ShouldBeFalse();
    }

    [TestCase(10)]
    [TestCase(UploadReceiver.MinPieceBytes)]
    public async Task Changes_nothing_where_the_reading_fails(int length)
    {
        await Should.ThrowAsync<IOException>(() => Attach("point", () => Task.FromException(new IOException()), length));
        (await Points()).ShouldBeEmpty();
    }

    /// <summary>Attaches a file to the session.</summary>
    /// <returns>How often the session was loaded.</returns>
    private Task<int> Attach(string point, Func<Task> afterReading, int length = 10, Exception? refusal = null) =>
        services.InScope(async scope =>
        {
            var destination = new OneSession(scope.GetRequiredService<IAttachmentsDb>(), point, refusal);
            await scope.GetRequiredService<Uploader>().Upload(
                destination,
                async (_, receiver, token) =>
                {
                    var file = await receiver.Receive(
                        new IncomingFile(null, "image/png", null, ExpectedDigests.None, new MemoryStream(new byte[length])), token);
                    await afterReading();
                    return file;
                },
                CancellationToken.None);
            return destination.Loads;
        });

    private Task<List<string>> Points() => services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Sessions
        .SelectMany(session => session.Points)
        .Select(point => point.Name)
        .OrderBy(name => name)
        .ToListAsync());

    private sealed class OneSession(IAttachmentsDb db, string point, Exception? refusal) : UploadDestination<Session, ReceivedFile, bool>
    {
        public int Loads { get; private set; }

        public override Task<Session> Load(CancellationToken cancellationToken)
        {
            Loads++;
            return refusal is null ? db.Sessions.SingleAsync(cancellationToken) : throw refusal;
        }

        public override async Task<bool> Attach(
            Session owner, ReceivedFile upload, UploadReceiver receiver, CancellationToken cancellationToken)
        {
            owner.Attach(point, new FileValue(null, await receiver.Complete(upload, cancellationToken)), 0);
            return true;
        }
    }
}
