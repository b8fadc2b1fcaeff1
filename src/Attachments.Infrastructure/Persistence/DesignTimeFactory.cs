using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Attachments.Infrastructure.Persistence;

/// <summary>Creates the context for <c>dotnet ef</c>, which needs the model and no database.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<AttachmentsDbContext>
{
    public AttachmentsDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<AttachmentsDbContext>().UseNpgsql().Options);
}
