using Attachments.Domain.Links;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class LinkConfiguration : IEntityTypeConfiguration<Link>
{
    public void Configure(EntityTypeBuilder<Link> builder)
    {
        builder.ToTable("links");
        builder.Property(link => link.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(link => link.MadeBy).HasColumnName("made_by");
        builder.Property(link => link.Method).HasColumnName("method");
        builder.Property(link => link.Target).HasColumnName("target");
        builder.Property(link => link.ExpiresAt).HasColumnName("expires_at");
        builder.Property(link => link.MaxUses).HasColumnName("max_uses");
        builder.Property(link => link.Uses).HasColumnName("uses");
        builder.Property(link => link.LastUsedAt).HasColumnName("last_used_at");
        builder.Property(link => link.RevokedAt).HasColumnName("revoked_at");

        // For the list of a user's links, and for the sweeper.
        builder.HasIndex(link => new { link.MadeBy, link.Id }, "ix_links_made_by");
        builder.HasIndex(link => link.ExpiresAt, "ix_links_expires");
    }
}
