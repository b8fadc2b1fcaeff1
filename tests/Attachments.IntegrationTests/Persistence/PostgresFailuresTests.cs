using System.Net.Sockets;
using Attachments.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Attachments.IntegrationTests.Persistence;

internal sealed class PostgresFailuresTests
{
    [TestCase("08006")]
    [TestCase("25006")]
    [TestCase("53100")]
    [TestCase("53300")]
    [TestCase("55P03")]
    [TestCase("57014")]
    [TestCase("57P01")]
    [TestCase("57P03")]
    [TestCase("58030")]
    public void A_database_that_cannot_serve_just_now_is_unavailable(string sqlState)
    {
        PostgresFailures.IsUnavailable(Refusal(sqlState)).ShouldBeTrue();
        PostgresFailures.IsUnavailable(new InvalidOperationException("EF wraps it.", Refusal(sqlState))).ShouldBeTrue();
    }

    [TestCase("23514")]
    [TestCase("42601")]
    [TestCase("42P01")]
    [TestCase("XX001")]
    public void A_statement_that_is_wrong_is_not(string sqlState) => PostgresFailures.IsUnavailable(Refusal(sqlState)).ShouldBeFalse();

    [Test]
    public void A_database_that_cannot_be_reached_is_unavailable() =>
        PostgresFailures.IsUnavailable(new NpgsqlException("No connection.", new SocketException(111))).ShouldBeTrue();

    [Test]
    public void A_client_that_resets_its_connection_is_no_failure_of_the_database() =>
        PostgresFailures.IsUnavailable(new IOException("Connection reset by peer.", new SocketException(104))).ShouldBeFalse();

    [Test]
    public void A_request_that_was_cancelled_is_no_failure_of_the_database() =>
        PostgresFailures.IsUnavailable(new OperationCanceledException("Cancelled.", Refusal("57014"))).ShouldBeFalse();

    [TestCase("23505")]
    [TestCase("23503")]
    [TestCase("40001")]
    [TestCase("40P01")]
    public void A_race_that_was_lost_can_be_run_again(string sqlState) =>
        PostgresFailures.IsConflict(new DbUpdateException("Saving failed.", Refusal(sqlState))).ShouldBeTrue();

    private static PostgresException Refusal(string sqlState) => new("It was refused.", "ERROR", "ERROR", sqlState);
}
