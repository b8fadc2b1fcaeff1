using Attachments.Domain.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class SessionConfiguration : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("sessions");
        builder.Property(session => session.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(session => session.ProjectId).HasColumnName("project_id");
        builder.Property(session => session.Uuid).HasColumnName("uuid").HasMaxLength(Session.MaxUuidCharacters).UseCollation("C");
        builder.Property(session => session.UnitId).HasColumnName("unit_id").HasMaxLength(Session.MaxUnitIdCharacters);
        builder.Property(session => session.Created).HasColumnName("created");
        builder.Property(session => session.Saved).HasColumnName("saved");
        builder.Property(session => session.Revision).HasColumnName("revision").IsConcurrencyToken();
        builder.Property(session => session.PointCount).HasColumnName("point_count");
        builder.Property(session => session.LatestRemoved).HasColumnName("latest_removed");
        builder.HasIndex(session => new { session.ProjectId, session.Uuid }, "ux_sessions_uuid").IsUnique();
        builder.HasIndex(session => new { session.ProjectId, session.Created, session.Uuid }, "ix_sessions_newest");
        builder.HasMany(session => session.Points).WithOne().HasForeignKey("SessionId").OnDelete(DeleteBehavior.Cascade);
    }
}
