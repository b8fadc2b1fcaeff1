using Attachments.Domain.Content;
using Attachments.Domain.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class RecordFileConfiguration : IEntityTypeConfiguration<RecordFile>
{
    public void Configure(EntityTypeBuilder<RecordFile> builder)
    {
        builder.ToTable("record_files");
        builder.Property<Guid>("OwnerId").HasColumnName("owner_id");

        // The maximum length of a name in bytes is also its maximum in characters. The key has the order of the list: root first, by code
        // point.
        builder.Property(file => file.Folder).HasColumnName("folder").HasMaxLength(FileName.MaxBytes).UseCollation("C");
        builder.Property(file => file.Name).HasColumnName("name").HasMaxLength(FileName.MaxBytes).UseCollation("C");
        builder.HasKey("OwnerId", nameof(RecordFile.Folder), nameof(RecordFile.Name));
        builder.Property(file => file.BlobId).HasColumnName("blob_id");
        builder.HasOne(file => file.Blob).WithOne().HasForeignKey<RecordFile>(file => file.BlobId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(file => file.BlobId, "ux_record_files_blob").IsUnique();
        builder.ToTable(table => table.HasCheckConstraint("ck_record_files_name", "name <> ''"));
    }
}
