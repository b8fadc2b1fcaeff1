using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Attachments.ProcessTests;

/// <summary>What the service says when it cannot serve as it is told to.</summary>
internal sealed class StartTests
{
    private const string Password = "a-secret-password";
    private const string Files = "--Storage:S3:Bucket=files";

    [Test]
    public async Task Refuses_without_a_signing_key() => await ExpectRefusal(
        ServiceSettings.Bare("Production").With(ServiceSettings.DatabaseKey, Unreachable()), "Authentication:Schemes:Bearer");

    [Test]
    public async Task Refuses_without_a_connection_string() =>
        await ExpectRefusal(ServiceSettings.WithKey(), "ConnectionStrings:Attachments is missing");

    [TestCase("nonsense")]
    [TestCase("Host=127.0.0.1;Port=abc;Password=" + Password)]
    [TestCase("Username=a;Password=" + Password)]
    [TestCase("Host=127.0.0.1;Favourite Colour=blue;Password=" + Password)]
    public async Task Refuses_a_broken_connection_string_without_repeating_it(string connectionString) =>
        await ExpectRefusal(ServiceSettings.Complete(connectionString), "ConnectionStrings:Attachments");

    [TestCase]
    [TestCase("migrate")]
    [TestCase("verify")]
    [TestCase("sweep")]
    public async Task Refuses_an_unreachable_database_after_a_bounded_wait(params string[] verb) => await ExpectRefusal(
        ServiceSettings.Complete(Unreachable()).With("Database:StartTimeout", "00:00:02"), "could not be reached within 00:00:02", verb);

    [Test]
    public async Task Waits_for_a_database_that_comes_late()
    {
        var connectionString = await Service.CreateMigrated();
        await using var gate = new LateGate(connectionString);
        await using var service = ServiceProcess.Launch(ServiceSettings.Complete(gate.ConnectionString));
        await gate.OpenAfterOneRefusal();
        (await service.Listening()).IsLoopback.ShouldBeTrue();
    }

    [Test]
    public async Task Refuses_a_wrong_password()
    {
        var settings = new NpgsqlConnectionStringBuilder(await Databases.Create()) { Password = Password };
        await ExpectRefusal(ServiceSettings.Complete(settings.ConnectionString), "refuses the connection");
    }

    [Test]
    public async Task Takes_turns_with_others_that_start_at_once_to_migrate_an_empty_database()
    {
        var settings = ServiceSettings.Complete(await Databases.Create());
        var replicas = Enumerable.Range(0, 3)
            .Select(_ => ServiceProcess.Launch(settings.With("Database:MigrateOnStart", "true")))
            .ToList();
        try
        {
            foreach (var replica in replicas)
            {
                var outcome = await ServiceProcess.Run(settings, "health", "--urls", (await replica.Listening()).ToString());
                outcome.ExitCode.ShouldBe(0, outcome.ToString());
            }
        }
        finally
        {
            foreach (var replica in replicas)
            {
                await replica.DisposeAsync();
            }
        }

        (await ServiceProcess.Run(settings, "migrate")).Output.ShouldBe(["The schema is up to date."]);
    }

    [TestCase("Limits:MaxParts", "abc")]
    [TestCase("Limits:MaxParts", "0")]
    [TestCase("Limits:MaxPart", "10")]
    [TestCase("Limits:MaxUploadBytes", "-1")]
    [TestCase("Limits:MaxUploadMemoryBytes", "0")]
    [TestCase("Limits:MaxUploadMemoryBytes", "20000000")]
    [TestCase("Limits:UploadWait", "-00:00:01")]
    [TestCase("Limits:BodyTimeout", "00:00:00")]
    [TestCase("Limits:BodyTimeout", "soon")]
    [TestCase("Storage:Provider", "Tape")]
    [TestCase("Storage:ReclaimAfter", "soon")]
    [TestCase("TemporarySets:TimeToLive", "soon")]
    [TestCase("TemporarySets:TimeToLive", "00:00:00")]
    [TestCase("TemporarySets:TimeToLeave", "00:10:00")]
    [TestCase("Database:StartTimeout", "-00:00:01")]
    [TestCase("OwnedAttachments:UnsetSequenceMap", "nothing")]
    [TestCase("OwnedAttachments:UnsetSequenceMap", "")]
    [TestCase("OwnedAttachments:UnsetSequenceMap", "0")]
    [TestCase("OwnedAttachments:Unset", "None")]
    [TestCase("Cors:Origin", "https://app.example.org")]
    [TestCase("Cors:Origins", "https://app.example.org/")]
    [TestCase("Cors:Origins:0", "*")]
    [TestCase("Storage:S3:Bucke", "files")]
    [TestCase("Storage:S3", "files")]
    [TestCase("Storage:S3:ForcePathStyle", "perhaps")]
    [TestCase("Urls", "nonsense")]
    public async Task Refuses_a_bad_setting(string key, string value) => await ExpectRefusal(
        ServiceSettings.Complete(await Service.CreateMigrated()), key == "Urls" ? value : key, $"--{key}={value}");

    [TestCase("Storage:S3:Bucket is missing", "--Storage:Provider=S3")]
    [TestCase("Storage:S3:Bucket is missing", "--Storage:S3:Region=us-east-1")]
    [TestCase("Storage:Directory:Path is missing", "--Storage:Provider=Directory")]
    [TestCase("Storage:Directory:Path is missing", "--Storage:Provider=Directory", "--Storage:Directory:Path=")]
    [TestCase("Storage:S3:Region is missing", Files)]
    [TestCase("Storage:S3:AccessKey is missing", Files, "--Storage:S3:Region=r", "--Storage:S3:SecretKey=" + Password)]
    [TestCase("Storage:S3:SecretKey is missing", Files, "--Storage:S3:Region=r", "--Storage:S3:AccessKey=a")]
    [TestCase("Storage:S3:ServiceUrl is an address with a user", Files, "--Storage:S3:ServiceUrl=http://a:" + Password + "@s3")]
    [TestCase("Storage:S3:ServiceUrl is s3.example.org", Files, "--Storage:S3:ServiceUrl=s3.example.org")]
    public async Task Refuses_a_store_that_is_half_described(string reason, params string[] settings) =>
        await ExpectRefusal(ServiceSettings.Complete(Unreachable()), reason, settings);

    [TestCase]
    [TestCase("verify")]
    [TestCase("sweep")]
    [TestCase("move-blobs", "--to", "LargeObject")]
    public async Task Refuses_an_unreachable_bucket_after_a_bounded_wait(params string[] verb) => await ExpectRefusal(
        ServiceSettings.Complete(await Service.CreateMigrated()).With("Database:StartTimeout", "00:00:02"),
        "The S3 engine at http://127.0.0.1:1 could not be reached within 00:00:02",
        [.. verb, "--Storage:S3:ServiceUrl=http://127.0.0.1:1", Files, .. Keys(Password)]);

    [Test]
    public async Task Refuses_a_bucket_that_is_not_there_and_keys_that_are_not_its()
    {
        if (!TestBucket.IsAvailable)
        {
            Assert.Ignore(TestBucket.WhySkipped);
        }

        await using var bucket = await TestBucket.Create();
        var settings = ServiceSettings.Complete(await Service.CreateMigrated()).With(bucket.Settings);
        await ExpectRefusal(settings, "has no bucket 'none-such'", "--Storage:S3:Bucket=none-such");
        await ExpectRefusal(settings, "refuses requests for bucket", Keys(Password));
    }

    [TestCase("S3", "Storage:S3:Bucket is missing")]
    [TestCase("Directory", "Storage:Directory:Path is missing")]
    [TestCase("LargeObject", "All files are in the database")]
    public async Task Refuses_to_move_to_a_store_that_is_not_configured(string to, string reason) => await ExpectRefusal(
        ServiceSettings.Complete(await Service.CreateMigrated()), reason, "move-blobs", "--to", to);

    [Test]
    public async Task Refuses_a_database_that_lacks_a_migration() =>
        await ExpectRefusal(ServiceSettings.Complete(await Databases.Create()), "run the verb 'migrate'");

    [Test]
    public async Task Refuses_a_port_that_is_taken()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";
        await ExpectRefusal(ServiceSettings.Complete(await Service.CreateMigrated()), address, $"--urls={address}");
    }

    [Test]
    public async Task Refuses_an_address_that_is_not_of_this_machine() => await ExpectRefusal(
        ServiceSettings.Complete(await Service.CreateMigrated()), "192.0.2.1", "--urls=http://192.0.2.1:5080");

    [TestCase("frobnicate")]
    [TestCase("move-blobs")]
    [TestCase("move-blobs", "--to", "Tape")]
    [TestCase("move-blobs", "--to", "1")]
    public async Task Shows_its_usage_to_one_who_uses_no_verb_of_it(params string[] arguments)
    {
        var outcome = await ServiceProcess.Run(ServiceSettings.WithKey(), arguments);
        outcome.ExitCode.ShouldBe(2, outcome.ToString());
        outcome.Output.ShouldBeEmpty();
        outcome.Errors[0].ShouldStartWith("usage: ");
    }

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("migrate", "--help")]
    public async Task Shows_its_usage_to_one_who_asks_for_it(params string[] arguments)
    {
        var outcome = await ServiceProcess.Run(ServiceSettings.Bare("Production"), arguments);
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        outcome.Output[0].ShouldStartWith("usage: ");
        outcome.Errors.ShouldBeEmpty();
    }

    private static string[] Keys(string secret) => ["--Storage:S3:AccessKey=someone", $"--Storage:S3:SecretKey={secret}"];

    private static async Task ExpectRefusal(ServiceSettings settings, string reason, params string[] arguments)
    {
        var outcome = await ServiceProcess.Run(settings, arguments);
        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        var line = outcome.Errors.ShouldHaveSingleItem(outcome.ToString());
        line.ShouldStartWith("attachments: ");
        line.ShouldContain(reason);
        outcome.ToString().ShouldNotContain("   at ");
        outcome.ToString().ShouldNotContain("Exception");
        outcome.ToString().ShouldNotContain(Password);
    }

    /// <summary>A connection to a port that nobody listens on, and that nobody will be given.</summary>
    private static string Unreachable() => $"Host=127.0.0.1;Port=1;Database=attachments;Username=attachments;Password={Password}";

    /// <summary>A way to the database that closes the first connection, and from then on passes everything.</summary>
    private sealed class LateGate : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource closing = new();
        private readonly NpgsqlConnectionStringBuilder target;
        private readonly List<Task> passing = [];
        private Task accepting = Task.CompletedTask;

        public LateGate(string connectionString)
        {
            target = new NpgsqlConnectionStringBuilder(connectionString);
            listener.Start();
        }

        public string ConnectionString => new NpgsqlConnectionStringBuilder(target.ConnectionString)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
        }.ConnectionString;

        public async Task OpenAfterOneRefusal()
        {
            (await listener.AcceptTcpClientAsync(closing.Token)).Dispose();
            accepting = Accept();
        }

        public async ValueTask DisposeAsync()
        {
            await closing.CancelAsync();
            await accepting;
            await Task.WhenAll(passing);
            listener.Dispose();
            closing.Dispose();
        }

        private async Task Accept()
        {
            while (!closing.IsCancellationRequested)
            {
                try
                {
                    passing.Add(Pass(await listener.AcceptTcpClientAsync(closing.Token)));
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }

        private async Task Pass(TcpClient client)
        {
            using (client)
            using (var server = new TcpClient())
            {
                await server.ConnectAsync(target.Host!, target.Port, closing.Token);
                try
                {
                    await Task.WhenAny(
                        client.GetStream().CopyToAsync(server.GetStream(), closing.Token),
                        server.GetStream().CopyToAsync(client.GetStream(), closing.Token));
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }
}
