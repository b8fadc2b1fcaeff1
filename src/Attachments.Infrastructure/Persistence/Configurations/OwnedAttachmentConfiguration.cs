using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class OwnedAttachmentConfiguration : IEntityTypeConfiguration<OwnedAttachment>
{
    public void Configure(EntityTypeBuilder<OwnedAttachment> builder)
    {
        builder.ToTable("owned_attachments");

        // A sequence never reuses an id, whatever is deleted.
        builder.Property(attachment => attachment.Id).HasColumnName("id").UseIdentityAlwaysColumn();
        builder.Property(attachment => attachment.FileName)
            .HasColumnName("file_name")
            .HasConversion(name => name.Value, text => FileName.FromStored(text))
            .UseCollation("C");
        builder.Property(attachment => attachment.Description).HasColumnName("description");

        // Text, since jsonb keeps neither the order of members nor the digits of numbers.
        builder.Property(attachment => attachment.SequenceMap)
            .HasColumnName("sequence_map_for")
            .HasConversion(map => map!.Json, json => SequenceMap.FromStored(json));
        builder.Property(attachment => attachment.OwnedByUser).HasColumnName("owned_by_user");
        builder.Property(attachment => attachment.OwnedByOrganisation).HasColumnName("owned_by_org");
        builder.Property(attachment => attachment.CreatedAt).HasColumnName("created_at");
        builder.Property(attachment => attachment.UpdatedAt).HasColumnName("updated_at");
        builder.Property(attachment => attachment.Revision).HasColumnName("revision").IsConcurrencyToken();
        builder.Property(attachment => attachment.BlobId).HasColumnName("blob_id");
        builder.HasOne(attachment => attachment.Blob)
            .WithOne()
            .HasForeignKey<OwnedAttachment>(attachment => attachment.BlobId)
            .OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(attachment => attachment.BlobId, "ux_owned_attachments_blob").IsUnique();

        // Each index covers the query that finds a page, so that the rows before the page are never read.
        builder.HasIndex(attachment => new { attachment.UpdatedAt, attachment.Id }, "ix_owned_attachments_newest");
        builder.HasIndex(
            attachment => new { attachment.FileName, attachment.UpdatedAt, attachment.Id }, "ix_owned_attachments_file_name");
        builder.HasIndex(
            attachment => new { attachment.OwnedByOrganisation, attachment.UpdatedAt, attachment.Id }, "ix_owned_attachments_organisation");
        builder.HasIndex(
            attachment => new { attachment.OwnedByUser, attachment.UpdatedAt, attachment.Id }, "ix_owned_attachments_user");
    }
}
