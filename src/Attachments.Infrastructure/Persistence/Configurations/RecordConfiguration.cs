using Attachments.Domain.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class RecordConfiguration : IEntityTypeConfiguration<Record>
{
    public void Configure(EntityTypeBuilder<Record> builder)
    {
        builder.ToTable("records");
        builder.Property(record => record.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(record => record.FormType)
            .HasColumnName("form_type").HasMaxLength(RecordKey.MaxFormTypeCharacters).UseCollation("C");
        builder.Property(record => record.RecordId)
            .HasColumnName("record_id").HasMaxLength(RecordKey.MaxRecordIdCharacters).UseCollation("C");

        // Not jsonb, which keeps the value of a number but not its spelling, and refuses the largest numbers.
        builder.Property(record => record.Attributes)
            .HasColumnName("attributes")
            .HasColumnType("json")
            .HasConversion(attributes => attributes.Json, json => RecordAttributes.FromStored(json));
        builder.Property(record => record.Revision).HasColumnName("revision").IsConcurrencyToken();
        builder.Property(record => record.FilesRevision).HasColumnName("files_revision").IsConcurrencyToken();
        builder.Property(record => record.LatestRemoved).HasColumnName("latest_removed");
        builder.HasIndex(record => new { record.FormType, record.RecordId }, "ux_records_record").IsUnique();
        builder.HasMany(record => record.Files).WithOne().HasForeignKey("OwnerId").OnDelete(DeleteBehavior.Cascade);
    }
}
