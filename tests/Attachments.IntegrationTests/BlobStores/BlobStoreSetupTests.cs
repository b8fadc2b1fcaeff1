using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.BlobStores;
using Attachments.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.BlobStores;

[TestFixture]
internal sealed class BlobStoreSetupTests
{
    private const string Secret = "a-secret-that-nobody-may-see";

    private S3Services s3 = null!;

    [OneTimeSetUp]
    public async Task Start() => s3 = await S3Services.Start();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (s3 is not null)
        {
            await s3.DisposeAsync();
        }
    }

    [Test]
    public async Task Takes_a_bucket_that_is_there() => await Require(s3.Services);

    [Test]
    public async Task Names_a_bucket_that_is_not_there() => await ExpectRefusal(
        WithOptions(s3.Bucket.Options.AccessKey, s3.Bucket.Options.SecretKey, "no-such-bucket"), "no bucket 'no-such-bucket'");

    [Test]
    public async Task Refuses_a_wrong_secret_key() => await ExpectRefusal(
        WithOptions(s3.Bucket.Options.AccessKey, Secret, s3.Bucket.Options.Bucket), "SignatureDoesNotMatch");

    [Test]
    public async Task Refuses_an_unknown_access_key() =>
        await ExpectRefusal(WithOptions("nobody", Secret, s3.Bucket.Options.Bucket), "InvalidAccessKeyId");

    [Test]
    public async Task Refuses_to_serve_without_the_bucket_that_has_the_files()
    {
        await using var before = await S3Services.Start();
        var blob = Blob.CreatePending("image/png", Guid.NewGuid(), before.Services.Time.GetUtcNow());
        await before.Services.InScope(
            scope => scope.GetRequiredService<IBlobStore>().Create([new NewBlob(blob, new byte[10])], CancellationToken.None));
        await using var after = before.With(new StorageOptions());
        (await Should.ThrowAsync<ConfigurationException>(() => Require(after))).Message.ShouldContain("Storage:S3:Bucket is missing");
    }

    private static Task Require(TestServices services) =>
        services.InScope(scope => scope.GetRequiredService<BlobStoreSetup>().RequireUsable(CancellationToken.None));

    private async Task ExpectRefusal(S3Options options, string reason)
    {
        await using var services = s3.With(new StorageOptions { Provider = StorageProvider.S3, S3 = options });
        var error = await Should.ThrowAsync<ConfigurationException>(() => Require(services));
        error.Message.ShouldContain(reason);
        error.ToString().ShouldNotContain(Secret);
    }

    private S3Options WithOptions(string? access, string? secret, string? bucket) => new()
    {
        ServiceUrl = s3.Bucket.Options.ServiceUrl,
        AccessKey = access,
        SecretKey = secret,
        Bucket = bucket,
    };
}
