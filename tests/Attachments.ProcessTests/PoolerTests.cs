namespace Attachments.ProcessTests;

/// <summary>The service behind PgBouncer, whose transaction mode gives each transaction another session.</summary>
internal sealed class PoolerTests
{
    private const string Unprepared = ";Max Auto Prepare=0";

    [OneTimeSetUp]
    public void Require()
    {
        if (!Pooler.IsAvailable && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(Pooler.WhySkipped);
        }

        if (!Pooler.IsAvailable)
        {
            Assert.Ignore(Pooler.WhySkipped);
        }
    }

    [TestCase(1, 0)]
    [TestCase(2, 0)]
    [TestCase(20, 0)]
    [TestCase(20, 1)]
    public async Task Refuses_transaction_mode_where_statements_are_prepared(int poolSize, int roundRobin)
    {
        await using var pooler = await Pooler.Start(
            await Service.CreateMigrated(),
            "pool_mode=transaction", $"default_pool_size={poolSize}", $"server_round_robin={roundRobin}");
        var outcome = await ServiceProcess.Run(ServiceSettings.Complete(pooler.ConnectionString));
        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        outcome.Errors.ShouldHaveSingleItem().ShouldContain("set Max Auto Prepare=0 in ConnectionStrings:Attachments");
    }

    [Test]
    public async Task Refuses_it_while_others_use_the_pooler()
    {
        await using var pooler = await Pooler.Start(
            await Service.CreateMigrated(), "pool_mode=transaction", "default_pool_size=10");
        await using var other = await Service.Start(ServiceSettings.Complete(pooler.ConnectionString + Unprepared));
        await other.CreateSession("s");
        using var stop = new CancellationTokenSource();
        var working = Task.WhenAll(Enumerable.Range(0, 8).Select(i => Work(other, i, stop.Token)));
        for (var start = 0; start < 5; start++)
        {
            var outcome = await ServiceProcess.Run(ServiceSettings.Complete(pooler.ConnectionString));
            outcome.ExitCode.ShouldBe(1, outcome.ToString());
            outcome.Errors.ShouldHaveSingleItem().ShouldContain("Max Auto Prepare=0");
        }

        await stop.CancelAsync();
        await working;
    }

    [Test]
    public async Task Serves_in_transaction_mode_where_nothing_is_prepared()
    {
        await using var pooler = await Pooler.Start(await Databases.Create(), "pool_mode=transaction", "default_pool_size=3");
        var settings = ServiceSettings.Complete(pooler.ConnectionString + Unprepared);
        (await ServiceProcess.Run(settings, "migrate")).ExitCode.ShouldBe(0);
        await using var service = await Service.Start(settings.With("Storage:ReclaimAfter", "00:00:00"));
        await service.CreateSession("s");
        using var stop = new CancellationTokenSource();
        var rounds = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Work(service, i, stop.Token, maxRounds: 30)));
        rounds.ShouldAllBe(done => done == 30);
        (await ServiceProcess.Run(settings, "sweep", "--Storage:ReclaimAfter=00:00:00")).ExitCode.ShouldBe(0);
        (await ServiceProcess.Run(settings, "verify")).ExitCode.ShouldBe(0);
        (await StorageAudit.Inspect(pooler.ConnectionString + Unprepared)).ShouldBeEmpty();
    }

    [Test]
    public async Task Serves_in_session_mode()
    {
        await using var pooler = await Pooler.Start(
            await Service.CreateMigrated(), "pool_mode=session", "default_pool_size=40", "server_reset_query=DISCARD ALL");
        await using var service = await Service.Start(ServiceSettings.Complete(pooler.ConnectionString));
        await service.CreateSession("s");
        (await Work(service, 1, CancellationToken.None, maxRounds: 10)).ShouldBe(10);
    }

    [TestCase(";Max Auto Prepare=0", true)]
    [TestCase(";Multiplexing=true", false)]
    public async Task Refuses_to_move_by_what_is_no_session(string option, bool isPooled)
    {
        var database = await Service.CreateMigrated();
        await using var pooler = await Pooler.Start(database, "pool_mode=transaction");
        var outcome = await ServiceProcess.Run(
            ServiceSettings.Complete((isPooled ? pooler.ConnectionString : database) + option), "move-blobs", "--to", "LargeObject");
        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        outcome.Errors.ShouldHaveSingleItem().ShouldContain("connect to PostgreSQL itself");
    }

    /// <summary>Writes and reads files of several pieces, and of one.</summary>
    private static async Task<int> Work(Service service, int client, CancellationToken stop, int maxRounds = int.MaxValue)
    {
        var round = 0;
        for (; round < maxRounds && !stop.IsCancellationRequested; round++)
        {
            var file = new byte[round % 3 == 0 ? 700_000 : 20_000];
            new Random(round).NextBytes(file);
            await service.Put("s", $"p{client}", new ByteArrayContent(file));
            (await service.Get("s", $"p{client}")).AsSpan().SequenceEqual(file).ShouldBeTrue();
        }

        return round;
    }
}
