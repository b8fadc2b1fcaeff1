using Attachments.Domain.Uploads;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class UploadConfiguration : IEntityTypeConfiguration<Upload>
{
    public void Configure(EntityTypeBuilder<Upload> builder)
    {
        builder.ToTable("uploads");
        builder.Property(upload => upload.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(upload => upload.CreatedBy).HasColumnName("created_by");
        builder.Property(upload => upload.CreatedAt).HasColumnName("created_at");
        builder.Property(upload => upload.Protocol).HasColumnName("protocol").HasConversion<short>();
        builder.Property(upload => upload.Path).HasColumnName("path");
        builder.Property(upload => upload.Destination).HasColumnName("destination");
        builder.Property(upload => upload.FileName).HasColumnName("file_name");
        builder.Property(upload => upload.MediaType).HasColumnName("media_type");
        builder.Property(upload => upload.Metadata).HasColumnName("metadata");
        builder.Property(upload => upload.Preconditions).HasColumnName("preconditions");
        builder.Property(upload => upload.ExpectedMd5).HasColumnName("expected_md5");
        builder.Property(upload => upload.ExpectedSha256).HasColumnName("expected_sha256");
        builder.Property(upload => upload.ExpectedSha512).HasColumnName("expected_sha512");
        builder.Property(upload => upload.Length).HasColumnName("length");
        builder.Property(upload => upload.IsWhole).HasColumnName("whole");
        builder.Property(upload => upload.State).HasColumnName("state").HasConversion<short>();
        builder.Property(upload => upload.BlobId).HasColumnName("blob_id");
        builder.Property(upload => upload.Outcome).HasColumnName("outcome");
        builder.Property(upload => upload.EndedAt).HasColumnName("ended_at");

        // The bytes after the last whole part. Only a statement that moves the blob's length writes it; a trigger unlinks what it lets go of.
        builder.Property(upload => upload.PieceLength).HasColumnName("piece_length");
        builder.Property<uint?>("Tail").HasColumnName("tail").HasColumnType("oid");

        // A blob is reclaimed whether or not there is an upload of it. An open one without a blob has expired.
        builder.HasOne(upload => upload.Blob).WithOne().HasForeignKey<Upload>(upload => upload.BlobId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(upload => upload.BlobId, "ux_uploads_blob").IsUnique();

        // For the list of a user's open uploads, and for the sweeper.
        builder.HasIndex(upload => new { upload.CreatedBy, upload.CreatedAt, upload.Id }, "ix_uploads_open").HasFilter("state = 0");
        builder.HasIndex(upload => upload.CreatedAt, "ix_uploads_created").HasFilter("state = 0");
        builder.HasIndex(upload => upload.CreatedAt, "ix_uploads_without_bytes").HasFilter("state = 0 AND blob_id IS NULL");
        builder.HasIndex(upload => upload.EndedAt, "ix_uploads_ended").HasFilter("state <> 0");
    }
}
