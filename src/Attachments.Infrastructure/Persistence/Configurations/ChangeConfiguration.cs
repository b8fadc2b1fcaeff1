using Attachments.Domain.Changes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class ChangeConfiguration : IEntityTypeConfiguration<Change>
{
    public const string Table = "changes";

    public void Configure(EntityTypeBuilder<Change> builder)
    {
        builder.ToTable(Table);
        builder.HasKey(change => change.Ordinal);
        builder.Property(change => change.Ordinal).HasColumnName("ordinal").UseIdentityAlwaysColumn();
        builder.Property(change => change.Id).HasColumnName("id");
        builder.Property(change => change.Position).HasColumnName("position");
        builder.Property(change => change.NumberedAt).HasColumnName("numbered_at");
        builder.Property(change => change.Type).HasColumnName("type");
        builder.Property(change => change.Revision).HasColumnName("revision");
        builder.Property(change => change.OccurredAt).HasColumnName("occurred_at");
        builder.Property(change => change.MadeBy).HasColumnName("made_by");
        builder.Property(change => change.ProjectId).HasColumnName("project_id");
        builder.Property(change => change.SessionUuid).HasColumnName("session_uuid");
        builder.Property(change => change.PointName).HasColumnName("point_name");
        builder.Property(change => change.IsReplacement).HasColumnName("is_replacement");
        builder.Property(change => change.FormType).HasColumnName("form_type");
        builder.Property(change => change.RecordId).HasColumnName("record_id");
        builder.Property(change => change.Folder).HasColumnName("folder");
        builder.Property(change => change.FileName).HasColumnName("file_name");
        builder.Property(change => change.TemporaryId).HasColumnName("temporary_id");
        builder.Property(change => change.ItemId).HasColumnName("item_id");
        builder.Property(change => change.AttachmentId).HasColumnName("attachment_id");
        builder.Property(change => change.Owners).HasColumnName("owners");
        builder.Property(change => change.Organisations).HasColumnName("organisations");
        builder.Property(change => change.Length).HasColumnName("length");
        builder.Property(change => change.Sha256).HasColumnName("sha256");
        builder.Property(change => change.MediaType).HasColumnName("media_type");
        builder.HasIndex(change => change.Position, "ux_changes_position").IsUnique().HasFilter("position IS NOT NULL");
        builder.HasIndex(change => change.Ordinal, "ix_changes_unnumbered").HasFilter("position IS NULL");
    }
}

internal sealed class FeedConfiguration : IEntityTypeConfiguration<Feed>
{
    public void Configure(EntityTypeBuilder<Feed> builder)
    {
        builder.ToTable("feed");
        builder.Property(feed => feed.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(feed => feed.LastPosition).HasColumnName("last_position");
        builder.Property(feed => feed.ExpiredPosition).HasColumnName("expired_position");
    }
}
