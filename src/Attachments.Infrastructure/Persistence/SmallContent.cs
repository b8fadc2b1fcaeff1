using Attachments.Application.Content;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Infrastructure.Persistence;

/// <summary>The bytes of a blob, for a query that wants them along with what it finds.</summary>
internal sealed class SmallContent
{
    /// <summary>Reads no object that is not asked for: what is selected from it is evaluated for the rows that are found.</summary>
    private static readonly string Query =
        $"""
        SELECT id AS blob_id, sha256, CASE WHEN store = 0 AND state = 1 AND length <= {BlobReader.MaxAlongBytes} THEN lo_get(large_object) END AS bytes
        FROM blobs
        """;

    public Guid BlobId { get; private init; }

    /// <summary>32 bytes.</summary>
    public byte[]? Sha256 { get; private init; }

    /// <summary>Null: they are many, or elsewhere.</summary>
    public byte[]? Bytes { get; private init; }

    public static void Configure(ModelBuilder model) => model.Entity<SmallContent>(builder =>
    {
        builder.HasNoKey().ToSqlQuery(Query);
        builder.Property(content => content.BlobId).HasColumnName("blob_id");
        builder.Property(content => content.Sha256).HasColumnName("sha256");
        builder.Property(content => content.Bytes).HasColumnName("bytes");
    });
}
