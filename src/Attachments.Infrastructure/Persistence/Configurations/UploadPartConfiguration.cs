using Attachments.Domain.Content;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

/// <summary>A part of the object of an upload: what the store said of it when it was sent.</summary>
internal sealed class UploadPart
{
    public Guid BlobId { get; private set; }

    /// <summary>From 1 on.</summary>
    public int Number { get; private set; }

    public string ETag { get; private set; } = null!;
}

internal sealed class UploadPartConfiguration : IEntityTypeConfiguration<UploadPart>
{
    public void Configure(EntityTypeBuilder<UploadPart> builder)
    {
        builder.ToTable("upload_parts");
        builder.Property(part => part.BlobId).HasColumnName("blob_id");
        builder.Property(part => part.Number).HasColumnName("number");
        builder.Property(part => part.ETag).HasColumnName("etag");
        builder.HasKey(part => new { part.BlobId, part.Number });
        builder.HasOne<Blob>().WithMany().HasForeignKey(part => part.BlobId).OnDelete(DeleteBehavior.Cascade);
    }
}
