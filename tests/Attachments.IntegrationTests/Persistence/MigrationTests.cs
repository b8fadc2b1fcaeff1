using Attachments.Application.Errors;
using Attachments.Infrastructure.Persistence;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.IntegrationTests.Persistence;

[TestFixture]
internal sealed class MigrationTests
{
    [Test]
    public async Task Refuses_a_database_whose_text_is_not_utf_8()
    {
        await using var server = await TestServices.Start(migrate: false);
        await Sql.Execute(
            server.ConnectionString, "CREATE DATABASE of_bytes ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        await using var services = TestServices.On(
            new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "of_bytes", Pooling = false }.ConnectionString);
        var refusal = await services.InScope(scope => Should.ThrowAsync<ConfigurationException>(
            () => scope.GetRequiredService<DatabaseSetup>().WaitUntilReachable(CancellationToken.None)));
        refusal.Message.ShouldEndWith("/of_bytes has the encoding SQL_ASCII; it must be UTF8.");
        await Sql.Execute(server.ConnectionString, "DROP DATABASE of_bytes");
    }

    [Test]
    public async Task The_migrations_make_the_schema_that_the_model_means()
    {
        await using var services = await TestServices.Start();
        await services.InScope(scope =>
        {
            scope.GetRequiredService<AttachmentsDbContext>().Database.HasPendingModelChanges().ShouldBeFalse();
            return Task.CompletedTask;
        });
    }

    [Test]
    public async Task Replicas_that_migrate_an_empty_database_at_once_take_turns()
    {
        await using var services = await TestServices.Start(migrate: false);
        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            services.InScope(scope => scope.GetRequiredService<DatabaseSetup>().Migrate(CancellationToken.None))));
        applied.Count(names => names.Count > 0).ShouldBe(1);
        await services.InScope(scope => scope.GetRequiredService<DatabaseSetup>().RequireMigrated(CancellationToken.None));
    }

    [Test]
    public async Task A_schema_that_lacks_a_migration_is_refused()
    {
        await using var services = await TestServices.Start(migrate: false);
        var error = await services.InScope(scope => Should.ThrowAsync<ConfigurationException>(
            () => scope.GetRequiredService<DatabaseSetup>().RequireMigrated(CancellationToken.None)));
        error.Message.ShouldContain("migrate");
    }
}
