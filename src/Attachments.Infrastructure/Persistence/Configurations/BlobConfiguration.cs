using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class BlobConfiguration : IEntityTypeConfiguration<Blob>
{
    /// <summary>
    /// In how many stores something of a blob may be, in SQL. Queries repeat it as it is, since PostgreSQL compares it with that of the index.
    /// </summary>
    internal const string Copies = "((large_object IS NOT NULL)::int + in_s3::int + in_directory::int)";

    public void Configure(EntityTypeBuilder<Blob> builder)
    {
        builder.ToTable("blobs");
        builder.Property(blob => blob.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(blob => blob.State).HasColumnName("state").HasConversion<short>();
        builder.Property(blob => blob.Length).HasColumnName("length");
        builder.Property(blob => blob.Md5).HasColumnName("md5");
        builder.Property(blob => blob.Sha256).HasColumnName("sha256");
        builder.Property(blob => blob.Sha512).HasColumnName("sha512");
        builder.Property(blob => blob.Crc32).HasColumnName("crc32").HasColumnType("bigint").HasConversion<long?>();
        builder.Property(blob => blob.MediaType).HasColumnName("media_type");
        builder.Property(blob => blob.StoredBy).HasColumnName("stored_by");
        builder.Property(blob => blob.CreatedAt).HasColumnName("created_at");
        builder.Property(blob => blob.StoredAt).HasColumnName("stored_at");
        builder.Property(blob => blob.TouchedAt).HasColumnName("touched_at");
        builder.Property(blob => blob.ReleasedAt).HasColumnName("released_at");
        builder.Property(blob => blob.MissingSince).HasColumnName("missing_since");

        // The type is oid, since vacuumlo deletes every large object that no column of that type refers to.
        builder.Property<uint?>("LargeObject").HasColumnName("large_object").HasColumnType("oid");

        // The store that the bytes are read from, as a StorageProvider; whether the bucket or the directory may contain something of the
        // blob; and the id of the last multipart upload. While a blob is being moved, and for some time after, it is in several stores.
        builder.Property(blob => blob.Store).HasColumnName("store").HasDefaultValue((short)StorageProvider.LargeObject);
        builder.Property<bool>("InS3").HasColumnName("in_s3").HasDefaultValue(false);
        builder.Property<bool>("InDirectory").HasColumnName("in_directory").HasDefaultValue(false);
        builder.Property<string?>("UploadId").HasColumnName("upload_id");

        // Counts who has taken over a resumable upload: only the last one may go on writing.
        builder.Property<long>("Fence").HasColumnName("fence").HasDefaultValue(0L);

        // Partial indexes for the sweeper's queries, so that it never reads the rows that stay.
        builder.HasIndex(blob => blob.ReleasedAt, "ix_blobs_released").HasFilter("released_at IS NOT NULL");
        builder.HasIndex(blob => blob.Id, "ix_blobs_without_crc32").HasFilter("crc32 IS NULL AND state = 1 AND released_at IS NULL");
        builder.HasIndex(blob => blob.TouchedAt, "ix_blobs_pending").HasFilter("state = 0");

        // Indexed by store: if one store does not answer, its waiting blobs need not be scanned again and again to find those of the other.
        builder.HasIndex(["Store", nameof(Blob.ReleasedAt)], "ix_blobs_released_by_store")
            .HasFilter($"released_at IS NOT NULL AND {Copies} <= 1");
        builder.HasIndex(["Store", nameof(Blob.TouchedAt)], "ix_blobs_abandoned_by_store")
            .HasFilter("state = 0 AND released_at IS NOT NULL");
        builder.HasIndex(blob => blob.TouchedAt, "ix_blobs_copies").HasFilter($"{Copies} > 1");
        builder.HasIndex(blob => blob.Id, "ix_blobs_s3").HasFilter("in_s3");
        builder.HasIndex(blob => blob.Id, "ix_blobs_directory").HasFilter("in_directory");
        builder.ToTable(table =>
        {
            table.HasCheckConstraint(
                "ck_blobs_stored", "state = 0 OR (md5 IS NOT NULL AND sha256 IS NOT NULL AND stored_at IS NOT NULL)");
            table.HasCheckConstraint("ck_blobs_store", "store = 0 OR (store = 1 AND in_s3) OR (store = 2 AND in_directory)");
        });
    }
}
