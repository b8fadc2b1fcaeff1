using Attachments.Domain.TemporarySets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class TemporarySetConfiguration : IEntityTypeConfiguration<TemporarySet>
{
    public void Configure(EntityTypeBuilder<TemporarySet> builder)
    {
        builder.ToTable("temporary_sets");
        builder.Property(set => set.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(set => set.TemporaryId).HasColumnName("temporary_id");
        builder.Property(set => set.OwnerId).HasColumnName("owner_id");
        builder.Property(set => set.LastUploadAt).HasColumnName("last_upload_at");
        builder.Property(set => set.EndedAt).HasColumnName("ended_at");
        builder.Property(set => set.LastOrdinal).HasColumnName("last_ordinal");
        builder.Property(set => set.ItemCount).HasColumnName("item_count");
        builder.Property(set => set.Revision).HasColumnName("revision").IsConcurrencyToken();
        builder.HasMany(set => set.Items).WithOne(item => item.Set).HasForeignKey(item => item.SetId).OnDelete(DeleteBehavior.Cascade);

        // An id is free again as soon as its set has ended, long before its last item is deleted.
        builder.HasIndex(set => set.TemporaryId, "ux_temporary_sets_id").IsUnique().HasFilter("ended_at IS NULL");

        // For the sweeper: expired sets, and ended sets.
        builder.HasIndex(set => set.LastUploadAt, "ix_temporary_sets_last_upload").HasFilter("ended_at IS NULL");
        builder.HasIndex(set => set.EndedAt, "ix_temporary_sets_ended").HasFilter("ended_at IS NOT NULL");
    }
}
