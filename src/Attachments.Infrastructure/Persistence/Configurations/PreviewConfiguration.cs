using Attachments.Domain.Content;
using Attachments.Domain.Previews;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class PreviewConfiguration : IEntityTypeConfiguration<Preview>
{
    public void Configure(EntityTypeBuilder<Preview> builder)
    {
        builder.ToTable("previews");
        builder.Property(preview => preview.SourceBlobId).HasColumnName("source_blob_id");
        builder.Property(preview => preview.Recipe).HasColumnName("recipe");
        builder.Property(preview => preview.Preset).HasColumnName("preset");
        builder.Property(preview => preview.BlobId).HasColumnName("blob_id");
        builder.Property(preview => preview.Refusal).HasColumnName("refusal").HasConversion<short?>();
        builder.Property(preview => preview.RetryAt).HasColumnName("retry_at");
        builder.HasKey(preview => new { preview.SourceBlobId, preview.Recipe, preview.Preset });

        // Not deleted with the source: whoever deletes that releases the previews first, and an older replica's sweeper leaves both alone.
        builder.HasOne<Blob>().WithMany().HasForeignKey(preview => preview.SourceBlobId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(preview => preview.Blob).WithOne().HasForeignKey<Preview>(preview => preview.BlobId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(table => table.HasCheckConstraint("ck_previews_outcome", "(blob_id IS NULL) <> (refusal IS NULL)"));
    }
}
