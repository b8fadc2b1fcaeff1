using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Attachments.IntegrationTests.Support;

/// <summary>Does once, right after a query has found its rows, what another request may do there.</summary>
internal sealed class Meanwhile : DbCommandInterceptor
{
    private string? table;
    private Func<Task> act = () => Task.CompletedTask;
    private bool onlyInTransaction;

    /// <summary>After the next query of this table in a transaction, or anywhere.</summary>
    public void AfterReading(string name, Func<Task> other, bool inTransaction = true) =>
        (table, act, onlyInTransaction) = (name, other, inTransaction);

    /// <summary>Whether it has been done.</summary>
    public bool HasHappened => table is null;

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        if (table is not null && (command.Transaction is not null || !onlyInTransaction)
            && command.CommandText.Contains($"FROM {table}", StringComparison.Ordinal))
        {
            table = null;
            await act();
        }

        return result;
    }
}
