using Attachments.Application.Persistence;
using Attachments.Domain.Records;
using Attachments.Infrastructure.Changes;
using Attachments.Infrastructure.Persistence;
using Attachments.IntegrationTests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.IntegrationTests.Changes;

/// <summary>Committed changes get positions without holes, in the order of each object, whoever numbers them.</summary>
public sealed class SequencerTests
{
    private const int Writers = 8;
    private const int Writes = 25;

    [Test]
    public async Task Numbers_what_many_writers_commit_once_and_in_the_order_of_each_object()
    {
        await using var services = await TestServices.Start();
        using var end = new CancellationTokenSource();
        var sequencers = Enumerable.Range(0, 3).Select(_ => NumberUntil(services, end.Token)).ToList();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Write(services, $"{writer % 4}", writer)));
        await end.CancelAsync();
        await Task.WhenAll(sequencers);
        await Number(services);

        var changes = await services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Changes
            .AsNoTracking().OrderBy(change => change.Position).ToListAsync());
        changes.Select(change => change.Position).ShouldBe(Enumerable.Range(1, Writers * Writes).Select(position => (long?)position));
        foreach (var record in changes.GroupBy(change => change.RecordId))
        {
            record.Select(change => change.Revision).ShouldBe(Enumerable.Range(0, record.Count()).Select(revision => (long)revision));
        }
    }

    [Test]
    public async Task Loses_nothing_of_a_transaction_that_is_held_open_while_others_are_numbered()
    {
        await using var services = await TestServices.Start();
        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using (var connection = await source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var early = new NpgsqlCommand(
                """
                INSERT INTO changes (id, type, revision, occurred_at, is_replacement)
                VALUES (gen_random_uuid(), 'session.created', 0, now(), FALSE)
                """,
                connection,
                transaction);
            await early.ExecuteNonQueryAsync();
            await Put(services, "1", "later");
            (await Number(services)).ShouldBe(1);
            await transaction.CommitAsync();
        }

        (await Number(services)).ShouldBe(1);
        var types = await services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Changes
            .OrderBy(change => change.Position).Select(change => change.Type).ToListAsync());
        types.ShouldBe(["record.created", "session.created"]);
    }

    [Test]
    public async Task Writes_nothing_for_a_replacement_by_the_same()
    {
        await using var services = await TestServices.Start();
        await Put(services, "1", "same");
        await Put(services, "1", "same");
        (await Number(services)).ShouldBe(1);
    }

    private static async Task Write(TestServices services, string recordId, int writer)
    {
        for (var i = 0; i < Writes; i++)
        {
            await Put(services, recordId, $"{writer} {i}");
        }
    }

    private static Task Put(TestServices services, string recordId, string text) => services.InScope(async scope =>
    {
        var db = scope.GetRequiredService<AttachmentsDbContext>();
        var key = RecordKey.Create("Form", recordId);
        var attributes = RecordAttributes.FromStored($$"""{"text":"{{text}}"}""");
        await db.Change(
            async token =>
            {
                var record = await db.Records.SingleOrDefaultAsync(
                    record => record.FormType == key.FormType && record.RecordId == key.RecordId, token);
                if (record is null)
                {
                    db.Records.Add(Record.Create(key, attributes));
                }
                else
                {
                    record.Replace(attributes);
                }

                return 0;
            },
            CancellationToken.None);
    });

    private static Task<int> Number(TestServices services) =>
        services.Provider.GetRequiredService<Sequencer>().Number(CancellationToken.None);

    private static async Task NumberUntil(TestServices services, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await Number(services);
        }
    }
}
