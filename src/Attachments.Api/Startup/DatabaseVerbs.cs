using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores;
using Attachments.Infrastructure.BlobStores.Migration;
using Attachments.Infrastructure.Persistence;
using Attachments.Infrastructure.Sweeping;

namespace Attachments.Api.Startup;

/// <summary>Commands that work on the database.</summary>
internal static class DatabaseVerbs
{
    /// <summary>Applies the missing migrations and prints their names.</summary>
    public static Task<int> Migrate(string[] args, CancellationToken cancellationToken) => Run(args, needsSchema: false, async services =>
    {
        var applied = await services.GetRequiredService<DatabaseSetup>().Migrate(cancellationToken);
        await Console.Out.WriteLineAsync(applied.Count == 0 ? "The schema is up to date." : $"Applied {string.Join(", ", applied)}.");
        return 0;
    }, cancellationToken);

    /// <summary>Verifies every blob. Prints a line for each faulty one, then the totals. The exit code is 1 if any is faulty.</summary>
    public static Task<int> Verify(string[] args, CancellationToken cancellationToken) => Run(args, needsSchema: true, async services =>
    {
        var (blobs, bytes, faults) = (0L, 0L, 0L);
        await foreach (var finding in services.GetRequiredService<ContentVerification>().Verify(cancellationToken))
        {
            blobs++;
            bytes += finding.Length;
            if (finding.Fault != BlobFault.None)
            {
                faults++;
                var fault = finding.Fault.ToString().ToLowerInvariant();
                await Console.Out.WriteLineAsync($"{fault} {finding.BlobId} ({finding.Length} bytes)");
            }
        }

        await Console.Out.WriteLineAsync($"Verified {blobs} blobs of {bytes} bytes: {faults} missing, damaged or different.");
        return faults == 0 ? 0 : 1;
    }, cancellationToken);

    /// <summary>
    /// Runs one reclaiming pass and prints what it reclaimed. Refused if the clock is wrong. Exit code 1 if something could not be deleted.
    /// </summary>
    public static Task<int> Sweep(string[] args, CancellationToken cancellationToken) => Run(args, needsSchema: true, async services =>
    {
        await services.GetRequiredService<BlobStoreSetup>().RequireOwned(cancellationToken);
        await services.GetRequiredService<SweepingClock>().RequireInSync(cancellationToken);
        var result = await services.GetRequiredService<Sweeper>().Sweep(cancellationToken);
        await Console.Out.WriteLineAsync(
            $"Reclaimed {result.Released.Blobs} released blobs of {result.Released.Bytes} bytes "
            + $"and {result.Abandoned.Blobs} abandoned ones of {result.Abandoned.Bytes} bytes. "
            + $"Removed {result.TemporarySets} ended temporary sets.");
        if (result.PassedOver == 0)
        {
            return 0;
        }

        await Console.Error.WriteLineAsync($"attachments: {result.PassedOver} blobs could not be deleted; the log names them.");
        return 1;
    }, cancellationToken);

    /// <summary>Moves all files to one store and prints the totals. The exit code is 1 if a file could not be moved.</summary>
    public static Task<int> MoveBlobs(StorageProvider to, string[] args, CancellationToken cancellationToken) =>
        Run(args, needsSchema: true, async services =>
        {
            await services.GetRequiredService<DatabaseSetup>().RequireOwnSession(cancellationToken);
            var (blobs, bytes, damaged) = await services.GetRequiredService<BlobMover>().Move(to, cancellationToken);
            await Console.Out.WriteLineAsync($"Moved {blobs} blobs of {bytes} bytes to {to}: {damaged} damaged blobs were not moved.");
            return damaged == 0 ? 0 : 1;
        }, cancellationToken);

    /// <summary>Makes this database the owner of the store. The former owner can no longer be served with it.</summary>
    public static Task<int> AdoptStore(string[] args, CancellationToken cancellationToken) => Run(args, needsSchema: true, async services =>
    {
        var owner = await services.GetRequiredService<BlobStoreSetup>().Adopt(cancellationToken);
        await Console.Out.WriteLineAsync($"The store belongs to the database {owner} now.");
        return 0;
    }, cancellationToken);

    private static async Task<int> Run(
        string[] args, bool needsSchema, Func<IServiceProvider, Task<int>> verb, CancellationToken cancellationToken)
    {
        var builder = ServiceHost.CreateBuilder(args);
        await using var database = await PrivateDatabase.StartIfNeeded(builder, cancellationToken);
        await using var app = ServiceHost.Build(builder);
        await using var scope = app.Services.CreateAsyncScope();
        var setup = scope.ServiceProvider.GetRequiredService<DatabaseSetup>();
        await setup.WaitUntilReachable(cancellationToken);
        if (needsSchema)
        {
            await setup.RequireMigrated(cancellationToken);
            await scope.ServiceProvider.GetRequiredService<BlobStoreSetup>().RequireUsable(cancellationToken);
        }

        return await verb(scope.ServiceProvider);
    }
}
