using Attachments.Domain.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class RecordSequenceConfiguration : IEntityTypeConfiguration<RecordSequence>
{
    public void Configure(EntityTypeBuilder<RecordSequence> builder)
    {
        builder.ToTable("record_sequences");
        builder.HasKey(sequence => sequence.FormType);
        builder.Property(sequence => sequence.FormType)
            .HasColumnName("form_type").HasMaxLength(RecordKey.MaxFormTypeCharacters).UseCollation("C");
        builder.Property(sequence => sequence.Last).HasColumnName("last").IsConcurrencyToken();
    }
}
