using System.Globalization;
using Attachments.Infrastructure.EmbeddedPostgres;
using Npgsql;

namespace Attachments.IntegrationTests.EmbeddedPostgres;

/// <summary>What can be seen of a cluster while it serves: one does for all of these.</summary>
public sealed class RunningPrivateClusterTests : ClusterFixture
{
    private PrivateCluster cluster = null!;

    [OneTimeSetUp]
    public async Task StartCluster()
    {
        MakeRoot();
        cluster = await Start();
    }

    [OneTimeTearDown]
    public async Task StopCluster()
    {
        await cluster.DisposeAsync();
        await RemoveRoot();
    }

    [Test]
    public void Keeps_its_files_where_they_are_expected()
    {
        Directory.GetFileSystemEntries(Location).Select(Path.GetFileName)
            .ShouldBe(["postgres", "postgres.log", "postgres.password", "lock"], ignoreOrder: true);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(Location, "postgres.password")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Test]
    public async Task Is_reachable_from_this_machine_only_and_set_up_for_large_objects_and_many_connections()
    {
        var answers = new Dictionary<string, string>
        {
            ["SHOW listen_addresses"] = "127.0.0.1",
            ["SHOW unix_socket_directories"] = "",
            ["SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'"] = "0",
            ["SHOW max_connections"] = "200",
            ["SHOW max_locks_per_transaction"] = "256",
            ["SHOW data_checksums"] = "on",
            ["SHOW fsync"] = "on",
            ["SHOW server_encoding"] = "UTF8",
            ["SELECT current_database()"] = "attachments",
        };

        foreach (var (question, answer) in answers)
        {
            (await Query(cluster.ConnectionString, question)).ShouldBe(answer, question);
        }
    }

    [Test]
    public async Task Refuses_a_wrong_password()
    {
        var wrong = new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Password = "wrong" };

        var refusal = await Should.ThrowAsync<PostgresException>(() => Query(wrong.ConnectionString, "SELECT 1"));

        refusal.SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
    }

    [Test]
    [Platform("Linux")]
    public void The_server_is_out_of_reach_of_our_terminal_and_of_our_output()
    {
        var id = ServerId(Cluster);

        GetSessionId(id).ShouldBe(id);
        GetSessionId(Environment.ProcessId).ShouldNotBe(id);
        foreach (var stream in new[] { "1", "2" })
        {
            File.ResolveLinkTarget($"/proc/{id}/fd/{stream}", returnFinalTarget: false)!.FullName
                .ShouldBe(Path.Combine(Location, "postgres.log"));
        }
    }

    [Test]
    [Platform("Linux")]
    public void The_server_runs_as_another_user_when_we_are_root_and_as_ourselves_otherwise()
    {
        var ours = GetUser(Environment.ProcessId);

        if (ours == "0")
        {
            GetUser(ServerId(Cluster)).ShouldNotBe("0");
        }
        else
        {
            GetUser(ServerId(Cluster)).ShouldBe(ours);
        }
    }

    [Test]
    public async Task A_second_service_on_the_same_directory_is_refused_and_leaves_the_first_alone()
    {
        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(Start);

        refusal.Message.ShouldStartWith($"The data directory {Location} is in use by another running service");
        refusal.Message.ShouldNotContain('\n');
        (await Query(cluster.ConnectionString, "SELECT 1")).ShouldBe("1");
    }

    /// <summary>The sixth field of its stat; the second, its name in parentheses, may hold spaces.</summary>
    private static int GetSessionId(int id) =>
        int.Parse(File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ')[3], CultureInfo.InvariantCulture);

    private static string GetUser(int id) =>
        File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
}
