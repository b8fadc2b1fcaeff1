using Attachments.Domain.Content;
using Attachments.Domain.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class PointConfiguration : IEntityTypeConfiguration<Point>
{
    public void Configure(EntityTypeBuilder<Point> builder)
    {
        builder.ToTable("session_points");
        builder.Property<Guid>("SessionId").HasColumnName("session_id");
        builder.Property(point => point.Name).HasColumnName("name").HasMaxLength(Point.MaxNameCharacters).UseCollation("C");
        builder.HasKey("SessionId", nameof(Point.Name));
        builder.Property(point => point.Scalar).HasColumnName("scalar");
        builder.Property(point => point.RawData).HasColumnName("raw_data");
        builder.Property(point => point.FileName)
            .HasColumnName("file_name")
            .HasConversion(name => name!.Value, text => FileName.FromStored(text));
        builder.Property(point => point.BlobId).HasColumnName("blob_id");
        builder.HasOne(point => point.Blob).WithOne().HasForeignKey<Point>(point => point.BlobId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(point => point.BlobId, "ux_session_points_blob").IsUnique();
        builder.ToTable(table =>
        {
            table.HasCheckConstraint("ck_session_points_one_value", "num_nonnulls(scalar, raw_data, blob_id) = 1");
            table.HasCheckConstraint("ck_session_points_file", "(blob_id IS NULL) = (file_name IS NULL)");
        });
    }
}
