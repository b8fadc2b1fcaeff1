using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Attachments.Infrastructure.Persistence.Configurations;

internal sealed class SmallContentConfiguration : IEntityTypeConfiguration<SmallContent>
{
    private static readonly string Query =
        $"""
        SELECT id AS blob_id, sha256,
            CASE WHEN store = 0 AND state = 1 AND length <= {BlobReader.MaxAlongBytes} THEN lo_get(large_object) END AS bytes
        FROM blobs
        """;

    public void Configure(EntityTypeBuilder<SmallContent> builder)
    {
        builder.HasNoKey().ToSqlQuery(Query);
        builder.Property(content => content.BlobId).HasColumnName("blob_id");
        builder.Property(content => content.Sha256).HasColumnName("sha256");
        builder.Property(content => content.Bytes).HasColumnName("bytes");
    }
}
