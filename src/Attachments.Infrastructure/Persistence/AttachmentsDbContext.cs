using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Changes;
using Attachments.Domain.Content;
using Attachments.Domain.Links;
using Attachments.Domain.OwnedAttachments;
using Attachments.Domain.Previews;
using Attachments.Domain.Records;
using Attachments.Domain.Sessions;
using Attachments.Domain.TemporarySets;
using Attachments.Domain.Uploads;
using Attachments.Domain.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Attachments.Infrastructure.Persistence;

/// <summary>EF Core's context of the database.</summary>
public sealed class AttachmentsDbContext : DbContext, IAttachmentsDb
{
    private const int MaxAttempts = 30;

    public AttachmentsDbContext(DbContextOptions<AttachmentsDbContext> options)
        : base(options)
    {
        // A change that fails is rolled back completely and started again.
        Database.AutoSavepointsEnabled = false;
    }

    public DbSet<Blob> Blobs => Set<Blob>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<OwnedAttachment> OwnedAttachments => Set<OwnedAttachment>();

    public DbSet<Record> Records => Set<Record>();

    public DbSet<RecordSequence> RecordSequences => Set<RecordSequence>();

    public DbSet<SpentNumber> SpentNumbers => Set<SpentNumber>();

    public DbSet<TemporarySet> TemporarySets => Set<TemporarySet>();

    public DbSet<TemporaryItem> TemporaryItems => Set<TemporaryItem>();

    public DbSet<Link> Links => Set<Link>();

    public DbSet<Upload> Uploads => Set<Upload>();

    public DbSet<Change> Changes => Set<Change>();

    public DbSet<Feed> Feeds => Set<Feed>();

    public DbSet<Preview> Previews => Set<Preview>();

    public DbSet<Webhook> Webhooks => Set<Webhook>();

    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    /// <inheritdoc/>
    public async Task<T> Change<T>(Func<CancellationToken, Task<T>> change, CancellationToken cancellationToken)
    {
        (IEntityType Type, object[] Key)? contended = null;
        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
            try
            {
                if (contended is { } row)
                {
                    await Lock(row.Type, row.Key, cancellationToken);
                }

                var result = await change(cancellationToken);
                await SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return result;
            }
            catch (Exception exception) when (PostgresFailures.IsConflict(exception))
            {
                contended = ContendedRow() ?? contended;
                await Undo(transaction);
                if (attempt == MaxAttempts)
                {
                    throw new UnavailableException("contended", "Too many requests are changing this resource; try again.", exception);
                }
            }
            catch
            {
                ChangeTracker.Clear();
                throw;
            }
            finally
            {
                Database.SetCommandTimeout(null);
            }
        }
    }

    /// <inheritdoc/>
    public async Task LiftStatementTimeout(CancellationToken cancellationToken)
    {
        Database.SetCommandTimeout(0);
        await Database.ExecuteSqlRawAsync(StatementTimeout.LiftForTransaction, cancellationToken);
    }

    /// <inheritdoc/>
    DbContext IAttachmentsDb.Context => this;

    /// <inheritdoc/>
    DbTransaction IAttachmentsDb.Transaction =>
        Database.CurrentTransaction?.GetDbTransaction() ?? throw new InvalidOperationException("No change is open.");

    /// <inheritdoc/>
    public void Forget() => ChangeTracker.Clear();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        SmallContentFunction.AddTo(modelBuilder);
        modelBuilder.HasODataFunctions().ApplyConfigurationsFromAssembly(typeof(AttachmentsDbContext).Assembly);
    }

    private async Task Undo(IDbContextTransaction transaction)
    {
        await transaction.RollbackAsync(CancellationToken.None);
        ChangeTracker.Clear();
    }

    /// <summary>
    /// The row to lock before the next attempt: that of the changed aggregate, since every change of its parts changes it too. A deadlock
    /// or a constraint violation names no row, and others may lock parts in another order.
    /// </summary>
    private (IEntityType Type, object[] Key)? ContendedRow() =>
        ChangeTracker.Entries().FirstOrDefault(IsChangedAggregate) is { } entry
            ? (entry.Metadata, [.. entry.Metadata.FindPrimaryKey()!.Properties.Select(property => entry.Property(property).OriginalValue!)])
            : null;

    private static bool IsChangedAggregate(EntityEntry entry) =>
        entry.State is EntityState.Modified or EntityState.Deleted
        && entry.Metadata.GetProperties().Any(property => property.IsConcurrencyToken);

    /// <summary>
    /// Locks a row until the end of the transaction: waits for other changes of it, and makes others wait. The first attempt takes no lock,
    /// since conflicts are rare. The next one does, so that it cannot lose to the same row again.
    /// </summary>
    private async Task Lock(IEntityType type, object[] key, CancellationToken cancellationToken)
    {
        var columns = type.FindPrimaryKey()!.Properties.Select(property => property.GetColumnName());
        var condition = new StringBuilder().AppendJoin(
            " AND ", columns.Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"\"{column}\" = {{{i}}}")));
        var statement = FormattableStringFactory.Create($"SELECT FROM \"{type.GetTableName()}\" WHERE {condition} FOR UPDATE", key);
        await Database.ExecuteSqlAsync(statement, cancellationToken);
    }
}
