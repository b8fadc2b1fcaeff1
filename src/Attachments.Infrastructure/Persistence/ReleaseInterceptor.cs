using Attachments.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Attachments.Infrastructure.Persistence;

/// <summary>
/// Carries out what a change of an aggregate entails, in the transaction that saves it: releases the blobs that the aggregate no longer
/// refers to. Statements that change rows without loading them (<c>ExecuteUpdate</c>, <c>ExecuteDelete</c>) do not pass here; they release
/// what they must themselves.
/// </summary>
internal sealed class ReleaseInterceptor(TimeProvider time) : SaveChangesInterceptor
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Release(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    private void Release(DbContext context)
    {
        foreach (var entry in context.ChangeTracker.Entries<Aggregate>())
        {
            foreach (var blob in entry.Entity.TakeUnreferenced())
            {
                blob.Release(time.GetUtcNow());
            }
        }
    }
}
