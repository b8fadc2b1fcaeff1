namespace Attachments.ProcessTests;

internal sealed class VerbTests
{
    private const int LargeBytes = 600_000;

    [Test]
    public async Task Migrate_names_what_it_applied_and_does_nothing_the_second_time()
    {
        var settings = ServiceSettings.Complete(await Databases.Create());
        (await Done(settings, "migrate")).ShouldHaveSingleItem().ShouldMatch(@"^Applied \d+_Initial\b.*\.$");
        (await Done(settings, "migrate")).ShouldBe(["The schema is up to date."]);
    }

    [Test]
    public async Task Migrate_takes_turns_with_another_that_runs_at_once()
    {
        var settings = ServiceSettings.Complete(await Databases.Create());
        var outputs = await Task.WhenAll(Done(settings, "migrate"), Done(settings, "migrate"));
        outputs.Count(lines => lines.ShouldHaveSingleItem().StartsWith("Applied ", StringComparison.Ordinal)).ShouldBe(1);
        (await Done(settings, "migrate")).ShouldBe(["The schema is up to date."]);
    }

    [Test]
    public async Task Token_signs_what_the_service_takes()
    {
        await using var service = await Service.StartOnNewDatabase();
        var token = (await Done(ServiceSettings.WithKey(), "token", "--sub", "someone", "--project", "1")).ShouldHaveSingleItem();
        using var client = Service.NewClient(service.Address, token);
        await Service.CreateSession(client, "made-by-someone");
        using var refused = await client.GetAsync("/api/v1/project/2/sessions");
        ((int)refused.StatusCode).ShouldBe(403);
    }

    [Test]
    public async Task Verify_counts_blobs_that_are_as_they_were_stored()
    {
        var connectionString = await Service.CreateMigrated();
        await StoreTwo(connectionString);
        (await Done(ServiceSettings.Complete(connectionString), "verify"))
            .ShouldBe([$"Verified 2 blobs of {LargeBytes + 5} bytes: 0 missing, damaged or different."]);
    }

    [TestCase("SELECT lo_unlink(large_object) FROM blobs WHERE length = 5", "missing")]
    [TestCase("SELECT lo_put(large_object, 2, 'X') FROM blobs WHERE length = 5", "differs")]
    [TestCase("SELECT lo_put(large_object, 5, 'X') FROM blobs WHERE length = 5", "differs")]
    public async Task Verify_names_the_blob_that_is_not_what_it_was(string damage, string fault)
    {
        var connectionString = await Service.CreateMigrated();
        await StoreTwo(connectionString);
        var id = await Sql.Scalar<Guid>(connectionString, "SELECT id FROM blobs WHERE length = 5");
        await Sql.Execute(connectionString, damage);
        var outcome = await ServiceProcess.Run(ServiceSettings.Complete(connectionString), "verify");
        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        outcome.Output.ShouldBe(
        [
            $"{fault} {id} (5 bytes)",
            $"Verified 2 blobs of {LargeBytes + 5} bytes: 1 missing, damaged or different.",
        ]);
        outcome.Errors.ShouldBeEmpty();
    }

    [Test]
    public async Task Sweep_prints_what_it_reclaimed()
    {
        var connectionString = await Service.CreateMigrated();
        await StoreTwo(connectionString);
        await Sql.Execute(connectionString, "DELETE FROM session_points; UPDATE blobs SET released_at = touched_at WHERE length = 5");
        await Sql.Execute(connectionString, "UPDATE blobs SET state = 0 WHERE length > 5");
        var settings = ServiceSettings.Complete(connectionString);
        const string NoSets = "Removed 0 ended temporary sets.";
        (await Done(settings, "sweep")).ShouldBe([$"Reclaimed 0 released blobs of 0 bytes and 0 abandoned ones of 0 bytes. {NoSets}"]);
        (await Done(settings, "sweep", "--Storage:ReclaimAfter=00:00:00", "--Storage:AbandonAfter=00:00:00"))
            .ShouldBe([$"Reclaimed 1 released blobs of 5 bytes and 1 abandoned ones of {LargeBytes} bytes. {NoSets}"]);
        (await StorageAudit.CountBlobs(connectionString)).ShouldBe(0);
        (await StorageAudit.Inspect(connectionString)).ShouldBeEmpty();
    }

    [Test]
    public async Task Health_tells_whether_the_service_is_ready()
    {
        await using var service = await Service.StartOnNewDatabase();
        (await Done(ServiceSettings.WithKey(), "health", "--urls", service.Address.ToString()))
            .ShouldHaveSingleItem().ShouldContain("\"status\":\"healthy\"");
    }

    [Test]
    public async Task Health_fails_in_one_line_where_nobody_serves()
    {
        var outcome = await ServiceProcess.Run(ServiceSettings.WithKey(), "health", "--urls", "http://127.0.0.1:1");
        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        outcome.Errors.ShouldHaveSingleItem().ShouldStartWith("attachments: http://127.0.0.1:1/ does not answer");
    }

    [Test]
    public async Task Move_blobs_moves_what_is_stored_elsewhere_and_verify_finds_it_there()
    {
        if (!TestBucket.IsAvailable)
        {
            Assert.Ignore(TestBucket.WhySkipped);
        }

        await using var bucket = await TestBucket.Create();
        var connectionString = await Service.CreateMigrated();
        await StoreTwo(connectionString);
        var settings = ServiceSettings.Complete(connectionString).With(bucket.Settings);
        (await Done(settings, "move-blobs", "--to", "S3"))
            .ShouldBe([$"Moved 2 blobs of {LargeBytes + 5} bytes to S3: 0 damaged blobs were not moved."]);
        (await Done(settings, "move-blobs", "--to", "s3"))
            .ShouldBe(["Moved 0 blobs of 0 bytes to S3: 0 damaged blobs were not moved."]);
        await Done(settings, "sweep", "--Storage:ReclaimAfter=00:00:00");
        (await Sql.Scalar<long>(connectionString, "SELECT count(*) FROM pg_largeobject_metadata")).ShouldBe(0);
        (await Done(settings, "verify"))
            .ShouldBe([$"Verified 2 blobs of {LargeBytes + 5} bytes: 0 missing, damaged or different."]);
        await bucket.Delete((await bucket.Keys())[0]);
        (await ServiceProcess.Run(settings, "verify")).ExitCode.ShouldBe(1);
    }

    [Test]
    public async Task Move_blobs_leaves_the_damaged_one_and_fails()
    {
        if (!TestBucket.IsAvailable)
        {
            Assert.Ignore(TestBucket.WhySkipped);
        }

        await using var bucket = await TestBucket.Create();
        var connectionString = await Service.CreateMigrated();
        await StoreTwo(connectionString);
        await Sql.Execute(connectionString, "SELECT lo_put(large_object, 2, 'X') FROM blobs WHERE length = 5");
        var settings = ServiceSettings.Complete(connectionString).With(bucket.Settings).With("Serilog:MinimumLevel:Default", "Fatal");
        var outcome = await ServiceProcess.Run(settings, "move-blobs", "--to", "S3");
        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        outcome.Output.ShouldBe([$"Moved 1 blobs of {LargeBytes} bytes to S3: 1 damaged blobs were not moved."]);
    }

    [Test]
    public async Task The_bucket_of_another_database_is_refused_until_it_is_adopted()
    {
        if (!TestBucket.IsAvailable)
        {
            Assert.Ignore(TestBucket.WhySkipped);
        }

        await using var bucket = await TestBucket.Create();
        var original = ServiceSettings.Complete(await Service.CreateMigrated()).With(bucket.Settings);
        var other = ServiceSettings.Complete(await Service.CreateMigrated()).With(bucket.Settings);
        await Done(original, "sweep");
        foreach (var verb in new string[][] { [], ["sweep"], ["move-blobs", "--to", "S3"], ["move-blobs", "--to", "LargeObject"] })
        {
            var outcome = await ServiceProcess.Run(other, verb);
            outcome.ExitCode.ShouldBe(1, outcome.ToString());
            outcome.Errors.ShouldHaveSingleItem().ShouldContain("run the command 'adopt-store'");
        }

        await Done(other, "verify");
        (await Done(other, "adopt-store")).ShouldHaveSingleItem().ShouldStartWith("The store belongs to the database '");
        await Done(other, "sweep");
        (await ServiceProcess.Run(original, "sweep")).ExitCode.ShouldBe(1);
    }

    [Test]
    public async Task Adopt_store_needs_a_store()
    {
        var outcome = await ServiceProcess.Run(ServiceSettings.Complete(await Service.CreateMigrated()), "adopt-store");
        outcome.ExitCode.ShouldBe(1, outcome.ToString());
        outcome.Errors.ShouldHaveSingleItem().ShouldContain("Storage:S3:Bucket is missing");
    }

    /// <summary>Two files, one of each of the ways by which files come in.</summary>
    private static async Task StoreTwo(string connectionString)
    {
        await using var service = await Service.Start(ServiceSettings.Complete(connectionString));
        await service.CreateSession("s");
        await service.Put("s", "small", new StringContent("small", null, "application/octet-stream"));
        await service.Put("s", "large", new ByteArrayContent(new byte[LargeBytes]));
    }

    private static async Task<IReadOnlyList<string>> Done(ServiceSettings settings, params string[] arguments)
    {
        var outcome = await ServiceProcess.Run(settings, arguments);
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        outcome.Errors.ShouldBeEmpty();
        return outcome.Output;
    }
}
