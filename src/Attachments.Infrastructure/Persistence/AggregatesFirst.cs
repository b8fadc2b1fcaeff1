using System.Collections;
using Attachments.Infrastructure.Persistence.Configurations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Update;

namespace Attachments.Infrastructure.Persistence;

/// <summary>
/// The order of the commands in a batch: the row of a changed aggregate, which has the concurrency token, comes before the rows of its
/// parts. Every change of an aggregate then locks its row first, as a merge and a claim do, so two changes cannot deadlock. EF Core
/// orders by the name of the table alone. The changes for the feed come last, in the order in which they were noted.
/// </summary>
internal sealed class AggregatesFirst : IComparer<IReadOnlyModificationCommand>
{
    public int Compare(IReadOnlyModificationCommand? x, IReadOnlyModificationCommand? y)
    {
        if (x is null || y is null || ReferenceEquals(x, y))
        {
            return Comparer.Default.Compare(x is null, y is null);
        }

        var order = IsOfFeed(x).CompareTo(IsOfFeed(y));
        order = order != 0 ? order : HasToken(y).CompareTo(HasToken(x));
        order = order != 0 ? order : string.CompareOrdinal(x.TableName, y.TableName);
        order = order != 0 ? order : x.EntityState.CompareTo(y.EntityState);
        return order != 0 ? order : CompareKeys(x, y);
    }

    private static bool IsOfFeed(IReadOnlyModificationCommand command) => command.TableName == ChangeConfiguration.Table;

    private static bool HasToken(IReadOnlyModificationCommand command) =>
        command.EntityState == EntityState.Modified
        && command.ColumnModifications.Any(column => column.Property is { IsConcurrencyToken: true });

    /// <summary>Two that change rows of one table take them in the same order.</summary>
    private static int CompareKeys(IReadOnlyModificationCommand x, IReadOnlyModificationCommand y) =>
        Keys(x).Zip(Keys(y), Comparer.Default.Compare).FirstOrDefault(order => order != 0);

    private static IEnumerable<object?> Keys(IReadOnlyModificationCommand command) => command.ColumnModifications
        .Where(column => column.IsKey && column.Property is not null)
        .Select(column => command.EntityState == EntityState.Added ? column.Value : column.OriginalValue);
}
