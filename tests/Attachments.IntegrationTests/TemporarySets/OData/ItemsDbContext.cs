using Attachments.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Attachments.IntegrationTests.TemporarySets.OData;

internal sealed class ItemsDbContext(DbContextOptions<ItemsDbContext> options) : DbContext(options)
{
    public const int MaxContentType = 255;

    public DbSet<Item> Items => Set<Item>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasODataFunctions();
        var item = modelBuilder.Entity<Item>();
        item.HasKey(row => row.Ordinal);
        item.Property(row => row.Ordinal).ValueGeneratedNever();
        item.Property(row => row.Name).UseCollation("C");
        item.Property(row => row.FileName).UseCollation("C");
        item.Property(row => row.ContentType).HasMaxLength(MaxContentType).UseCollation("C");
    }
}
