using Npgsql;

namespace Attachments.ProcessTests;

/// <summary>The service by a role that owns its database and may do nothing else.</summary>
internal sealed class DatabaseOwnerTests
{
    private const string Role = "attachments_owner";

    [Test]
    public async Task Migrates_stores_serves_sweeps_and_verifies()
    {
        var database = await Databases.Create();
        var owner = new NpgsqlConnectionStringBuilder(database) { Username = Role, Password = Role };
        await Sql.Execute(
            database,
            $"""
             CREATE ROLE {Role} LOGIN PASSWORD '{Role}' NOSUPERUSER NOCREATEDB NOCREATEROLE;
             ALTER DATABASE {owner.Database} OWNER TO {Role}
             """);
        var settings = ServiceSettings.Complete(owner.ConnectionString);
        var migrated = await ServiceProcess.Run(settings, "migrate");
        migrated.ExitCode.ShouldBe(0, migrated.ToString());

        await using (var service = await Service.Start(settings))
        {
            await service.CreateSession("s");
            foreach (var length in (int[])[20_000, 700_000])
            {
                // The second replaces the first, whose large object is to be unlinked.
                var file = new byte[length];
                new Random(length).NextBytes(file);
                await service.Put("s", "p", new ByteArrayContent(file));
                (await service.Get("s", "p")).AsSpan().SequenceEqual(file).ShouldBeTrue();
            }
        }

        var swept = await ServiceProcess.Run(settings, "sweep", "--Storage:ReclaimAfter=00:00:00");
        swept.Output.ShouldHaveSingleItem().ShouldStartWith("Reclaimed 1 released blobs of 20000 bytes");
        (await ServiceProcess.Run(settings, "verify")).ExitCode.ShouldBe(0);
        (await StorageAudit.Inspect(database)).ShouldBeEmpty();
        (await Sql.Scalar<bool>(database, $"SELECT rolsuper FROM pg_roles WHERE rolname = '{Role}'")).ShouldBeFalse();
    }
}
