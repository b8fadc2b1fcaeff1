using Attachments.Domain.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class SpentNumberConfiguration : IEntityTypeConfiguration<SpentNumber>
{
    public void Configure(EntityTypeBuilder<SpentNumber> builder)
    {
        builder.ToTable("record_spent_numbers");
        builder.HasKey(spent => new { spent.FormType, spent.RecordId });
        builder.Property(spent => spent.FormType)
            .HasColumnName("form_type").HasMaxLength(RecordKey.MaxFormTypeCharacters).UseCollation("C");
        builder.Property(spent => spent.RecordId)
            .HasColumnName("record_id").HasMaxLength(RecordKey.MaxRecordIdCharacters).UseCollation("C");
        builder.Property(spent => spent.UpTo).HasColumnName("up_to").IsConcurrencyToken();
    }
}
