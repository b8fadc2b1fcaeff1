using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Attachments.Infrastructure.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Attachments.IntegrationTests.EmbeddedPostgres;

public sealed class PrivateClusterTests : ClusterPerTestFixture
{
    [Test]
    public async Task Makes_the_cluster_at_the_first_start_and_finds_its_data_at_the_second()
    {
        string port;
        await using (var first = await Start())
        {
            await Query(first.ConnectionString, "CREATE TABLE kept AS SELECT 'still here' AS text");
            port = await Query(first.ConnectionString, "SHOW port");
        }

        await using var second = await Start();

        (await Query(second.ConnectionString, "SELECT text FROM kept")).ShouldBe("still here");
        (await Query(second.ConnectionString, "SHOW port")).ShouldBe(port);
    }

    [Test]
    public async Task Disposing_stops_the_server_though_clients_are_connected_and_may_be_repeated()
    {
        var cluster = await Start();
        var id = ServerId(Cluster);
        await using var connection = new NpgsqlConnection(cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();

        await cluster.DisposeAsync();
        await cluster.DisposeAsync();

        IsRunning(id).ShouldBeFalse();
        File.Exists(PidFile).ShouldBeFalse();
    }

    [Test]
    public async Task Of_services_that_start_together_one_gets_the_directory()
    {
        var starts = Enumerable.Range(0, 4).Select(_ => Task.Run(Start)).ToList();
        await Task.WhenAll(starts.Select(start => start.ContinueWith(_ => { }, TaskScheduler.Default)));

        var winner = starts.Where(start => start.IsCompletedSuccessfully).ShouldHaveSingleItem();
        await using var cluster = await winner;
        starts.Except([winner]).ShouldAllBe(start => start.Exception!.InnerException is EmbeddedPostgresException);
        (await Query(cluster.ConnectionString, "SELECT 1")).ShouldBe("1");
    }

    [Test]
    public async Task Starts_after_its_server_was_killed()
    {
        await using (var first = await Start())
        {
            await Query(first.ConnectionString, "CREATE TABLE kept AS SELECT 'still here' AS text");
            Kill(ServerId(Cluster));
        }

        await using var second = await Start();

        (await Query(second.ConnectionString, "SELECT text FROM kept")).ShouldBe("still here");
    }

    [Test]
    public async Task Starts_after_its_service_was_killed_and_its_server_was_not()
    {
        await using (var first = await Start())
        {
            await Query(first.ConnectionString, "CREATE TABLE kept AS SELECT 'still here' AS text");
        }

        var orphan = await LeaveServerRunning(DataDirectory.Acquire(Location));
        IsRunning(orphan).ShouldBeTrue();

        await using var second = await Start();

        IsRunning(orphan).ShouldBeFalse();
        (await Query(second.ConnectionString, "SELECT text FROM kept")).ShouldBe("still here");
    }

    [Test]
    [Platform("Linux")]
    public async Task Finds_a_server_left_running_though_its_pid_file_is_lost()
    {
        var orphan = await LeaveServerRunning(DataDirectory.Acquire(Location));
        File.Delete(PidFile);

        await using var cluster = await Start();

        IsRunning(orphan).ShouldBeFalse();
        (await Query(cluster.ConnectionString, "SELECT 1")).ShouldBe("1");
    }

    [Test]
    public async Task A_pid_file_of_a_process_that_has_ended_is_no_hindrance()
    {
        await (await Start()).DisposeAsync();
        using (var ended = Process.Start(OperatingSystem.IsWindows() ? "hostname" : "true"))
        {
            await ended.WaitForExitAsync();
            WritePidFile(ended.Id);
        }

        await using var cluster = await Start();

        (await Query(cluster.ConnectionString, "SELECT 1")).ShouldBe("1");
    }

    [Test]
    [Platform("Linux")]
    public async Task A_pid_file_whose_process_id_has_passed_to_another_program_is_no_hindrance_and_that_program_lives_on()
    {
        await (await Start()).DisposeAsync();
        using var data = DataDirectory.Acquire(Location);
        var account = await ServerAccount.For(data, CancellationToken.None);
        using var test = new CancellationTokenSource();
        var running = account.Run("sh", ["-c", "echo $$ > postmaster.pid; exec sleep 600"], Cluster, TimeSpan.FromMinutes(10), test.Token);
        while (!File.Exists(PidFile) || File.ReadAllText(PidFile) == "")
        {
            await Task.Yield();
        }

        var other = ServerId(Cluster);
        WritePidFile(other);
        data.Dispose();
        await using var cluster = await Start();

        (await Query(cluster.ConnectionString, "SELECT 1")).ShouldBe("1");
        running.IsCompleted.ShouldBeFalse();
        await test.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Test]
    public async Task What_an_initdb_that_was_killed_has_left_is_removed()
    {
        var unfinished = Directory.CreateDirectory(Path.Combine(Location, "postgres.new-1234"));
        await File.WriteAllTextAsync(Path.Combine(unfinished.FullName, "PG_VERSION"), "15\n");
        await File.WriteAllTextAsync(Path.Combine(Location, "postgres.password"), "");

        await using var cluster = await Start();

        unfinished.Refresh();
        unfinished.Exists.ShouldBeFalse();
        (await Query(cluster.ConnectionString, "SELECT 1")).ShouldBe("1");
    }

    [Test]
    public async Task A_start_that_is_cancelled_leaves_nothing_running_and_nothing_half_made()
    {
        using var data = DataDirectory.Acquire(Location);
        var server = await CreateServer(data);
        await server.Initialise(CancellationToken.None);

        await Should.ThrowAsync<OperationCanceledException>(() => server.Start(new CancellationToken(canceled: true)));

        File.Exists(PidFile).ShouldBeFalse();
        data.Dispose();
        await using var cluster = await Start();
        (await Query(cluster.ConnectionString, "SELECT 1")).ShouldBe("1");
    }

    [Test]
    public async Task An_initdb_that_is_cancelled_leaves_no_cluster()
    {
        using var data = DataDirectory.Acquire(Location);
        var server = await CreateServer(data);

        await Should.ThrowAsync<OperationCanceledException>(() => server.Initialise(new CancellationToken(canceled: true)));

        Directory.GetDirectories(Location).ShouldBeEmpty();
    }

    [Test]
    public async Task Takes_another_port_when_the_last_one_is_taken()
    {
        int port;
        await using (var first = await Start())
        {
            port = GetPort(first);
        }

        using var squatter = new TcpListener(IPAddress.Loopback, port);
        squatter.Start();
        await using var second = await Start();

        GetPort(second).ShouldNotBe(port);
        (await Query(second.ConnectionString, "SELECT 1")).ShouldBe("1");
    }

    [Test]
    public async Task A_server_that_does_not_start_is_told_of_in_one_line_with_its_log()
    {
        await (await Start()).DisposeAsync();
        await File.AppendAllTextAsync(Path.Combine(Cluster, "postgresql.conf"), "shared_buffers = nonsense\n");

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(Start);

        refusal.Message.ShouldStartWith("PostgreSQL would not start: FATAL:");
        refusal.Message.ShouldContain("configuration file");
        refusal.Message.ShouldContain(Path.Combine(Location, "postgres.log"));
        refusal.Message.ShouldNotContain('\n');
    }

    [Test]
    public async Task Missing_programs_are_told_of_with_where_it_looked_and_what_to_install()
    {
        var nowhere = new BinaryLocations([Path.Combine(Root, "bin")], [Path.Combine(Root, "postgresql", "*", "bin")]);

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(
            () => PrivateCluster.Start(Location, nowhere, NullLogger.Instance, CancellationToken.None));

        refusal.Message.ShouldContain(Path.Combine(Root, "postgresql", "*", "bin"));
        refusal.Message.ShouldContain("install");
        refusal.Message.ShouldNotContain('\n');
    }

    [Test]
    public async Task Data_of_another_version_are_told_of_and_left_alone()
    {
        Directory.CreateDirectory(Cluster);
        await File.WriteAllTextAsync(Path.Combine(Cluster, "PG_VERSION"), "9.6\n");

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(Start);

        refusal.Message.ShouldStartWith($"The data in {Cluster} belong to PostgreSQL 9, but the installed versions are");
        Directory.GetFiles(Cluster).ShouldHaveSingleItem();
    }

    [Test]
    public async Task Something_else_in_the_place_of_the_cluster_is_told_of_and_left_alone()
    {
        Directory.CreateDirectory(Cluster);
        await File.WriteAllTextAsync(Path.Combine(Cluster, "thesis.txt"), "");

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(Start);

        refusal.Message.ShouldBe($"{Cluster} is not empty, but is not a PostgreSQL cluster: move it away.");
        Directory.GetDirectories(Location).ShouldHaveSingleItem();
        File.Exists(Path.Combine(Cluster, "thesis.txt")).ShouldBeTrue();
    }

    [Test]
    public async Task A_lost_password_is_told_of()
    {
        await (await Start()).DisposeAsync();
        File.Delete(Path.Combine(Location, "postgres.password"));

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(Start);

        refusal.Message.ShouldStartWith($"{Path.Combine(Location, "postgres.password")} is missing");
        File.Exists(PidFile).ShouldBeFalse();
    }

    [Test]
    public async Task A_file_in_the_place_of_the_directory_is_told_of()
    {
        await File.WriteAllTextAsync(Location, "");

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(Start);

        refusal.Message.ShouldStartWith($"The data directory {Location} cannot be used:");
    }

    [TestCase("with space")]
    [TestCase("$HOME`id`'quoted'\"twice\"")]
    [TestCase("größe")]
    [Platform("Linux")]
    public async Task The_directory_may_have_any_name(string name)
    {
        await using var cluster = await PrivateCluster.Start(Path.Combine(Root, name), NullLogger.Instance, CancellationToken.None);

        (await Query(cluster.ConnectionString, "SELECT 1")).ShouldBe("1");
    }

    private static int GetPort(PrivateCluster cluster) => new NpgsqlConnectionStringBuilder(cluster.ConnectionString).Port;

    private static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
        process.WaitForExit();
    }

    private void WritePidFile(int id) =>
        File.WriteAllText(PidFile, $"{id}\n{Cluster}\n1700000000\n5432\n\n127.0.0.1\n  1234567   1234567\nready   \n");
}
