using Attachments.Domain.TemporarySets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class TemporaryItemConfiguration : IEntityTypeConfiguration<TemporaryItem>
{
    public void Configure(EntityTypeBuilder<TemporaryItem> builder)
    {
        builder.ToTable("temporary_items");
        builder.Property(item => item.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(item => item.SetId).HasColumnName("set_id");
        builder.Property(item => item.Ordinal).HasColumnName("ordinal");
        builder.Property(item => item.Name).HasColumnName("name").HasMaxLength(TemporaryItem.MaxNameCharacters).UseCollation("C");
        builder.Property(item => item.FileName).HasColumnName("file_name").UseCollation("C");
        builder.Property(item => item.ContentType).HasColumnName("content_type").UseCollation("C");
        builder.Property(item => item.Size).HasColumnName("size");
        builder.Property(item => item.CreatedAt).HasColumnName("created_at");
        builder.Property(item => item.CreatedById).HasColumnName("created_by");
        builder.Property(item => item.BlobId).HasColumnName("blob_id");
        builder.HasOne(item => item.Blob).WithOne().HasForeignKey<TemporaryItem>(item => item.BlobId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(item => item.BlobId, "ux_temporary_items_blob").IsUnique();
        builder.HasIndex(item => new { item.SetId, item.Ordinal }, "ux_temporary_items_order").IsUnique();
    }
}
