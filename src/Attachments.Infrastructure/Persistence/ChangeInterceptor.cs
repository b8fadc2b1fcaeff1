using Attachments.Application.Changes;
using Attachments.Domain;
using Attachments.Domain.Changes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;

namespace Attachments.Infrastructure.Persistence;

/// <summary>
/// Writes the changes that aggregates have noted, in the batch that saves the aggregates. Statements that change rows without loading them
/// do not pass here; they write what they must themselves.
/// </summary>
internal sealed class ChangeInterceptor(IChangeAuthor author, IOptions<ChangesOptions> options, TimeProvider time)
    : SaveChangesInterceptor
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Write(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    private void Write(DbContext context)
    {
        // An attachment has its id only once it is saved: its changes wait for the end of the transaction.
        Change[] changes = [.. context.ChangeTracker.Entries<Aggregate>().SelectMany(entry => entry.Entity.TakeChanges())];
        if (changes.Length == 0 || !options.Value.Enabled)
        {
            return;
        }

        var (now, madeBy) = (time.GetUtcNow(), author.Find());
        foreach (var change in changes)
        {
            change.Sign(now, madeBy);
        }

        context.Set<Change>().AddRange(changes);
    }
}
