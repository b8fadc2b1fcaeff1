using System.Net.Http.Headers;
using Attachments.Api.Callers;
using Attachments.Api.Startup;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores;
using Attachments.Infrastructure.Changes;
using Attachments.Infrastructure.Persistence;
using Attachments.Infrastructure.Sweeping;
using Attachments.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Attachments.FunctionalTests.Support;

/// <summary>
/// The service as it runs in production: in this process, on a port of its own, or elsewhere, such as in a container, with its database
/// in reach.
/// </summary>
internal sealed class RunningService : IAsyncDisposable
{
    /// <summary>The only project of <see cref="Member"/>.</summary>
    public const long MembersProject = 7;

    /// <summary>Who signs the tokens that are taken, for whom, and with which key, in base64: the bytes 0 to 31.</summary>
    public const string Issuer = "https://tokens.test";
    public const string Audience = "attachments";
    public const string SigningKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    /// <summary>Signs links, in base64: the bytes 32 to 63.</summary>
    public const string LinkKey = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    /// <summary>Instead of a setting: there is no key for links.</summary>
    public const string WithoutLinkKey = "no key for links";

    private const string Bearer = "--Authentication:Schemes:Bearer:";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication app;

    private RunningService(WebApplication app, Uri address, string connectionString)
    {
        this.app = app;
        ConnectionString = connectionString;
        Address = address;
        AdminToken = Sign(new TokenRequest("admin") { IsAdmin = true });
        Admin = ClientWith(AdminToken);
        Other = ClientWith(Sign(new TokenRequest("other")));
        Member = ClientWith(Sign(new TokenRequest("member") { Projects = [MembersProject] }));
        Anonymous = ClientWith(null);
        RecordsReader = ClientWith(Sign(new TokenRequest("reader") { Scope = "records:read" }));
        RecordsWriter = ClientWith(Sign(new TokenRequest("writer") { Scope = "openid records" }));
    }

    public Uri Address { get; }

    /// <summary>All that it answers to, by route.</summary>
    public IReadOnlyList<Endpoint> Endpoints => app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public string ConnectionString { get; }

    public string AdminToken { get; }

    public HttpClient Admin { get; }

    public HttpClient Member { get; }

    /// <summary>Somebody with a good token that allows nothing in particular.</summary>
    public HttpClient Other { get; }

    public HttpClient Anonymous { get; }

    /// <summary>Has the scope <c>records:read</c>.</summary>
    public HttpClient RecordsReader { get; }

    /// <summary>Has the scope <c>records</c>.</summary>
    public HttpClient RecordsWriter { get; }

    /// <summary>Starts it in this process.</summary>
    /// <param name="connectionString">An empty database's.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="settings">As on the command line: <c>--Limits:MaxParts=1</c>.</param>
    public static Task<RunningService> Start(string connectionString, TimeProvider time, params string[] settings) =>
        Start(connectionString, services => services.AddSingleton(time), settings);

    /// <summary>Starts it in this process, with services of the test's own.</summary>
    public static async Task<RunningService> Start(string connectionString, Action<IServiceCollection> replace, params string[] settings)
    {
        var app = Build(connectionString, replace, settings);
        try
        {
            await using (var scope = app.Services.CreateAsyncScope())
            {
                await scope.ServiceProvider.GetRequiredService<DatabaseSetup>().Migrate(CancellationToken.None);
                if (scope.ServiceProvider.GetRequiredService<IOptions<StorageOptions>>().Value.Directory is { Path: not null })
                {
                    await scope.ServiceProvider.GetRequiredService<BlobStoreSetup>().RequireOwned(CancellationToken.None);
                }
            }

            await app.StartAsync();
            return new RunningService(app, new Uri(app.Urls.Single()), connectionString);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>One that runs elsewhere, and takes the tokens that are signed here.</summary>
    /// <param name="address">Where it serves.</param>
    /// <param name="connectionString">Its database's.</param>
    /// <param name="settings">Those that it has, for what is done beside it here: sweeping.</param>
    public static RunningService At(Uri address, string connectionString, params string[] settings) =>
        new(Build(connectionString, services => services.AddSingleton(TimeProvider.System), settings), address, connectionString);

    public string Sign(TokenRequest request) => ActivatorUtilities.CreateInstance<TokenVerb>(app.Services).Sign(request);

    /// <summary>A token that was good for its lifetime some time ago.</summary>
    public string SignEarlier(TokenRequest request, TimeSpan ago) =>
        new TokenVerb(app.Services.GetRequiredService<BearerSettings>(), new ManualTime(DateTimeOffset.UtcNow - ago)).Sign(request);

    public HttpClient ClientWith(string? token)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public Task<RawConnection> Connect(int? receiveBuffer = null) => RawConnection.Open(Address, receiveBuffer);

    /// <summary>The head of an HTTP/1.1 request of the admin, up to and with its empty line.</summary>
    public string RequestHead(string method, string target, params string[] fields) =>
        $"{method} {target} HTTP/1.1\r\nHost: {Address.Authority}\r\nAuthorization: Bearer {AdminToken}\r\n"
        + string.Concat(fields.Select(field => $"{field}\r\n")) + "\r\n";

    public Task<SweepResult> Sweep() => app.Services.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);

    /// <summary>Gives every committed change its position, as the service does ten times a second.</summary>
    public Task NumberChanges() => Eventually.Holds(
        async () =>
        {
            await app.Services.GetRequiredService<Sequencer>().Number(CancellationToken.None);
            return await Sql.Scalar<bool>(ConnectionString, "SELECT NOT EXISTS (SELECT FROM changes WHERE position IS NULL)");
        },
        "every change has its position");

    /// <summary>What the service does every minute for blobs without CRC-32.</summary>
    public Task<int> FillChecksums() => app.Services.GetRequiredService<ChecksumFiller>().FillSome(CancellationToken.None);

    /// <summary>As the verb does; how many blobs are not what they were.</summary>
    public async Task<int> Verify()
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ContentVerification>().Verify(CancellationToken.None)
            .CountAsync(finding => finding.Fault != BlobFault.None);
    }

    /// <summary>Does to the database what no request does.</summary>
    public Task Execute(string statement) => Sql.Execute(ConnectionString, statement);

    public Task<long> CountBlobs() => StorageAudit.CountBlobs(ConnectionString);

    /// <summary>
    /// Sweeps until no blob is left that nothing refers to, since the end of a dropped request is not ours to see; then nothing may be
    /// wrong with the storage.
    /// </summary>
    public async Task ShouldKeepOnlyWhatIsReferredTo()
    {
        for (var deadline = DateTimeOffset.UtcNow + Patience; ; await Task.Delay(TimeSpan.FromMilliseconds(50)))
        {
            await Sweep();
            var unreferred = await StorageAudit.CountUnreferred(ConnectionString);
            if (unreferred == 0 || DateTimeOffset.UtcNow > deadline)
            {
                unreferred.ShouldBe(0);
                break;
            }
        }

        (await StorageAudit.Inspect(ConnectionString)).ShouldBeEmpty();
    }

    /// <summary>Waits until the bytes of an upload that has not ended have begun to be stored.</summary>
    public async Task WaitForPendingBlob()
    {
        if (app.Services.GetRequiredService<IOptions<StorageOptions>>().Value.Provider == StorageProvider.S3)
        {
            Assert.Ignore("An object is put into a bucket when all of it, or of its first part, has arrived.");
        }

        var deadline = DateTimeOffset.UtcNow + Patience;
        while (await StorageAudit.CountUnreferred(ConnectionString) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50));
            DateTimeOffset.UtcNow.ShouldBeLessThan(deadline, "No byte of the upload was stored.");
        }
    }

    /// <summary>Stops it in good order, as a rolling restart does.</summary>
    public Task StopServing() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        Member.Dispose();
        Other.Dispose();
        Anonymous.Dispose();
        RecordsReader.Dispose();
        RecordsWriter.Dispose();
        await app.DisposeAsync();
    }

    /// <summary>The command line of one that takes the tokens that are signed here.</summary>
    public static string[] CommandLine(string connectionString, params string[] settings) =>
    [
        "--environment=Production",
        "--urls=http://127.0.0.1:0",
        "--Serilog:MinimumLevel:Default=Error",
        "--Previews:Enabled=false",
        $"--ConnectionStrings:Attachments={connectionString}",
        $"{Bearer}ValidIssuer={Issuer}",
        $"{Bearer}ValidAudiences:0={Audience}",
        $"{Bearer}SigningKeys:0:Issuer={Issuer}",
        $"{Bearer}SigningKeys:0:Value={SigningKey}",
        .. settings.Contains(WithoutLinkKey) ? Array.Empty<string>() : ["--Links:Keys:0:Id=test", $"--Links:Keys:0:Value={LinkKey}"],
        .. settings.Where(setting => setting != WithoutLinkKey),
    ];

    private static WebApplication Build(string connectionString, Action<IServiceCollection> replace, string[] settings)
    {
        var builder = ServiceHost.CreateBuilder(
        [
            // Controllers are looked for in the application's assembly, which here is the test runner's.
            $"--applicationName={typeof(ServiceHost).Assembly.GetName().Name}",
            .. CommandLine(connectionString, settings),
        ]);
        replace(builder.Services);
        return ServiceHost.Build(builder);
    }
}
