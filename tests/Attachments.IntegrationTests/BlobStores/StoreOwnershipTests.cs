using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores;
using Attachments.Infrastructure.BlobStores.Migration;
using Attachments.Infrastructure.BlobStores.Ownership;
using Attachments.Infrastructure.BlobStores.S3;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.IntegrationTests.BlobStores;

/// <summary>A bucket is one database's.</summary>
[TestFixture]
internal sealed class StoreOwnershipTests
{
    private readonly List<IAsyncDisposable> made = [];
    private S3Services s3 = null!;

    private TestServices Original => s3.Services;

    [SetUp]
    public async Task Start() => s3 = await S3Services.Start();

    [TearDown]
    public async Task Stop()
    {
        foreach (var services in made)
        {
            await services.DisposeAsync();
        }

        made.Clear();
        if (s3 is not null)
        {
            await s3.DisposeAsync();
        }
    }

    [Test]
    public async Task A_bucket_without_an_owner_gets_one_once()
    {
        await Require(Original);
        var text = (await s3.Bucket.Text(TestBucket.MarkerKey)).ShouldNotBeNull();
        await Require(Original);
        (await s3.Bucket.Text(TestBucket.MarkerKey)).ShouldBe(text);
    }

    [Test]
    public async Task Of_databases_that_start_at_once_one_gets_it_and_its_replicas_do_too()
    {
        var others = new List<TestServices>();
        for (var i = 0; i < 3; i++)
        {
            var other = await Other();
            others.AddRange([other, Beside(other)]);
        }

        var outcomes = await Task.WhenAll(others.Select(async services =>
        {
            try
            {
                await Require(services);
                return services.ConnectionString;
            }
            catch (ConfigurationException)
            {
                return null;
            }
        }));
        outcomes.OfType<string>().Distinct().Count().ShouldBe(1);
        outcomes.OfType<string>().Count().ShouldBe(2);
    }

    [Test]
    public async Task The_engine_or_the_look_afterwards_tells_who_was_first()
    {
        var marker = new S3OwnerMarker(Original.Provider.GetRequiredService<S3Bucket>());
        await marker.Create("first", CancellationToken.None);
        await marker.Create("second", CancellationToken.None);
        (await marker.Read(CancellationToken.None)).ShouldBe("first");
    }

    [Test]
    public async Task Another_database_is_refused_in_one_sentence_that_says_what_to_do()
    {
        await Require(Original);
        var refusal = await Should.ThrowAsync<ConfigurationException>(async () => await Require(await Other()));
        refusal.Message.ShouldStartWith($"The bucket '{s3.Bucket.Options.Bucket}' belongs to the database '{GetDatabaseName(Original)}'");
        refusal.Message.ShouldNotContain("copy");
        refusal.Message.ShouldContain("'adopt-store'");
    }

    [Test]
    public async Task A_copy_of_the_database_is_told_apart()
    {
        await Require(Original);
        (await Should.ThrowAsync<ConfigurationException>(async () => await Require(await Copy())))
            .Message.ShouldContain("of which this one is a copy");
    }

    [Test]
    public async Task A_database_that_gets_another_name_keeps_its_bucket()
    {
        await Require(Original);
        await Original.DisposeAsync();
        var renamed = $"{GetDatabaseName(Original)}_renamed";
        NpgsqlConnection.ClearAllPools();
        await Sql.Execute(Administration(), $"ALTER DATABASE \"{GetDatabaseName(Original)}\" RENAME TO \"{renamed}\"");
        await Require(On(WithDatabase(renamed)));
    }

    [Test]
    public async Task A_marker_that_is_not_ours_to_read_is_another_s()
    {
        await s3.Bucket.Put(TestBucket.MarkerKey, "of somebody else"u8.ToArray());
        (await Should.ThrowAsync<ConfigurationException>(() => Require(Original))).Message.ShouldContain("owner marker of another program");
    }

    [TestCase(403, "AccessDenied")]
    [TestCase(500, "InternalError")]
    public async Task Where_the_bucket_does_not_say_whose_it_is_nothing_is_deleted(int status, string code)
    {
        await StoreInBucket();
        await Release(Original);
        await using var contrary = await ContraryEngine.Start(s3.Bucket.Options);
        contrary.Rule = request => request.EndsWith(TestBucket.MarkerKey, StringComparison.Ordinal) ? new Contrariness(status, code) : null;
        await using var services = s3.With(new StorageOptions { Provider = StorageProvider.S3, S3 = contrary.Options });
        (await Should.ThrowAsync<ConfigurationException>(() => Require(services))).Message.ShouldContain("cannot be determined");
        await Should.ThrowAsync<UnavailableException>(() => SweepLater(services));
        (await s3.Bucket.Keys()).Count.ShouldBe(1);
    }

    [Test]
    public async Task What_a_copy_releases_stays_for_the_original()
    {
        var (blob, content) = await StoreInBucket();
        await Require(Original);
        var copy = await Copy();
        await Release(copy);
        await Should.ThrowAsync<ConfigurationException>(() => SweepLater(copy));
        await Should.ThrowAsync<ConfigurationException>(() => Move(copy));
        (await StorageAudit.CountBlobs(copy.ConnectionString)).ShouldBe(1);
        await ShouldRead(Original, blob, content);
    }

    [Test]
    public async Task An_original_whose_bucket_is_adopted_while_it_runs_deletes_nothing_more()
    {
        var (blob, content) = await StoreInBucket();
        await Require(Original);
        await SweepLater(Original);
        var copy = await Copy();
        (await copy.InScope(scope => scope.GetRequiredService<BlobStoreSetup>().Adopt(CancellationToken.None)))
            .Name.ShouldBe(GetDatabaseName(copy));
        await Require(copy);

        await Release(Original);
        (await Should.ThrowAsync<ConfigurationException>(() => SweepLater(Original))).Message.ShouldContain(GetDatabaseName(copy));
        await Should.ThrowAsync<ConfigurationException>(() => Require(Original));
        await ShouldRead(copy, blob, content);
    }

    [Test]
    public async Task A_physical_copy_is_told_apart_once_its_identity_is_changed()
    {
        await Require(Original);
        await Sql.Execute(Original.ConnectionString, "UPDATE database_identity SET id = gen_random_uuid()");
        await Should.ThrowAsync<ConfigurationException>(() => Require(Original));
    }

    [Test]
    public async Task An_identity_is_read_as_it_was_written_and_nothing_else_is_one()
    {
        await using var connection = new NpgsqlConnection(Original.ConnectionString);
        await connection.OpenAsync();
        var identity = await DatabaseIdentity.Read(connection, CancellationToken.None);
        DatabaseIdentity.FromJson(identity.ToJson()).ShouldBe(identity);
        foreach (var text in new[] { "", "{}", "null", "[]", "\"x\"", "{\"Id\":1}" })
        {
            DatabaseIdentity.FromJson(text).ShouldBeNull(text);
        }
    }

    private static string GetDatabaseName(TestServices services) => new NpgsqlConnectionStringBuilder(services.ConnectionString).Database!;

    private static Task Require(TestServices services) =>
        services.InScope(scope => scope.GetRequiredService<BlobStoreSetup>().RequireOwned(CancellationToken.None));

    private static Task Release(TestServices services) =>
        Sql.Execute(services.ConnectionString, "UPDATE blobs SET released_at = touched_at");

    private static Task<SweepResult> SweepLater(TestServices services)
    {
        services.Time.Advance(TimeSpan.FromMinutes(11));
        return services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);
    }

    private static Task<MoveResult> Move(TestServices services) => services.InScope(
        scope => scope.GetRequiredService<BlobMover>().Move(StorageProvider.S3, CancellationToken.None));

    private static async Task ShouldRead(TestServices services, Guid blob, byte[] content)
    {
        var read = new byte[content.Length];
        await services.InScope(scope => scope.GetRequiredService<IBlobStore>().Read(blob, 0, read, CancellationToken.None));
        read.ShouldBe(content);
    }

    private async Task<(Guid Blob, byte[] Content)> StoreInBucket()
    {
        await using var inDatabase = s3.With(new StorageOptions { S3 = s3.Bucket.Options });
        var (blob, content) = await inDatabase.Store(1000);
        await Move(inDatabase);
        await SweepLater(inDatabase);
        return (blob.Id, content);
    }

    private async Task<TestServices> Other()
    {
        var other = On(await Databases.Create());
        await other.InScope(scope => scope.GetRequiredService<Infrastructure.Persistence.DatabaseSetup>().Migrate(CancellationToken.None));
        return other;
    }

    /// <summary>The rows of the original in another database, as a dump and its restoring leave them.</summary>
    private async Task<TestServices> Copy()
    {
        var copy = await Other();
        await Sql.Execute(copy.ConnectionString, "DELETE FROM database_identity");
        await using var from = new NpgsqlConnection(Original.ConnectionString);
        await using var to = new NpgsqlConnection(copy.ConnectionString);
        await from.OpenAsync();
        await to.OpenAsync();
        foreach (var table in new[] { "database_identity", "blobs" })
        {
            using var dumped = await from.BeginTextExportAsync($"COPY {table} TO STDOUT");
            await using var restored = await to.BeginTextImportAsync($"COPY {table} FROM STDIN");
            await restored.WriteAsync(await dumped.ReadToEndAsync());
        }

        return copy;
    }

    private TestServices Beside(TestServices other) => On(other.ConnectionString);

    private TestServices On(string connectionString)
    {
        var services = TestServices.On(
            connectionString, storage: new StorageOptions { Provider = StorageProvider.S3, S3 = s3.Bucket.Options });
        made.Add(services);
        return services;
    }

    private string Administration() => WithDatabase("postgres");

    private string WithDatabase(string name) =>
        new NpgsqlConnectionStringBuilder(Original.ConnectionString) { Database = name, Pooling = false }.ConnectionString;
}
