using Attachments.Infrastructure.EmbeddedPostgres;

namespace Attachments.IntegrationTests.EmbeddedPostgres;

public sealed class PostgresMessagesTests
{
    [Test]
    public void The_complaint_of_a_log_is_its_last_fatal_line() =>
        PostgresMessages.FindErrorLine("""
            2026-01-01 10:00:00 UTC [7] LOG:  starting PostgreSQL
            2026-01-01 10:00:00 UTC [7] FATAL:  could not write lock file "postmaster.pid": No space left on device
            2026-01-01 10:00:00 UTC [7] LOG:  database system is shut down
            """).ShouldBe("FATAL:  could not write lock file \"postmaster.pid\": No space left on device");

    [Test]
    public void The_complaint_of_a_program_is_its_error() =>
        PostgresMessages.FindErrorLine(
            "initdb: error: could not create directory \"x\"\ninitdb: removing contents of data directory \".\"\n")
            .ShouldBe("error: could not create directory \"x\"");

    [Test]
    public void The_complaint_is_the_last_line_where_none_is_marked() =>
        PostgresMessages.FindErrorLine("one\ntwo\n\n").ShouldBe("two");

    [Test]
    public void Nothing_complains_of_nothing() => PostgresMessages.FindErrorLine(" \n").ShouldBeNull();

    [TestCase("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15)]
    [TestCase("postgres (PostgreSQL) 18beta1", 18)]
    [TestCase("postgres (PostgreSQL) 9.6.24", 9)]
    [TestCase("something else", null)]
    public void Reads_a_major_version(string line, int? version) => PostgresMessages.ParseMajorVersion(line).ShouldBe(version);

    [TestCase("/usr/lib/postgresql/15/bin/postgres \"-D\" \".\" \"-c\" \"port=34567\" \"-c\" \"fsync=off\"", 34567)]
    [TestCase("/usr/bin/postgres \"-D\" \".\"", null)]
    [TestCase("\"port=99999999999\"", null)]
    public void Reads_the_last_port(string options, int? port) => PostgresMessages.ParsePort(options).ShouldBe(port);
}
