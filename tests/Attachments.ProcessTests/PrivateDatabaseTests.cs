using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Attachments.Infrastructure.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Attachments.ProcessTests;

/// <summary>The service as a developer starts it: with nothing configured but where its data are kept.</summary>
[Platform(Exclude = "Win", Reason = "Signals are those of Unix.")]
internal sealed partial class PrivateDatabaseTests
{
    private string data = "";

    [SetUp]
    public void ChooseDirectory() => data = Path.Combine(Path.GetTempPath(), $"attachments-development-{Guid.NewGuid():N}");

    [TearDown]
    public async Task DeleteDirectory()
    {
        if (Directory.Exists(data))
        {
            // A start ends the PostgreSQL that a test has left running.
            await using (await PrivateCluster.Start(data, NullLogger.Instance, CancellationToken.None))
            {
            }

            Directory.Delete(data, recursive: true);
        }
    }

    [Test]
    public async Task Comes_with_the_service_and_goes_with_it_and_keeps_its_data()
    {
        int postgres;
        await using (var first = ServiceProcess.Launch(Settings()))
        {
            using var client = await Welcomed(first);
            await Service.CreateSession(client, "s");
            await Service.Put(client, "s", "file", new ByteArrayContent([1, 2, 3]));
            postgres = ServerProcess();
            IsRunning(postgres).ShouldBeTrue();
            await Stop(first);
        }

        IsRunning(postgres).ShouldBeFalse();

        await using var second = ServiceProcess.Launch(Settings());
        using var again = await Welcomed(second);
        (await again.GetByteArrayAsync(Service.GetPath("s", "file"))).ShouldBe([1, 2, 3]);
        await Stop(second);
        IsRunning(ServerProcessOrNone()).ShouldBeFalse();
    }

    [Test]
    public async Task Serves_again_after_the_service_was_killed()
    {
        int left;
        await using (var killed = ServiceProcess.Launch(Settings()))
        {
            using var client = await Welcomed(killed);
            await Service.CreateSession(client, "s");
            await Service.Put(client, "s", "file", new ByteArrayContent([1, 2, 3]));
            left = ServerProcess();
            await killed.Kill();
        }

        await using var next = ServiceProcess.Launch(Settings());
        using var again = await Welcomed(next);
        IsRunning(left).ShouldBeFalse();
        (await again.GetByteArrayAsync(Service.GetPath("s", "file"))).ShouldBe([1, 2, 3]);
        await Stop(next);
    }

    [Test]
    public async Task Is_not_shared_by_two_services()
    {
        await using var first = ServiceProcess.Launch(Settings());
        using var client = await Welcomed(first);
        var second = await ServiceProcess.Run(Settings());
        second.ExitCode.ShouldBe(1, second.ToString());
        second.Errors.ShouldHaveSingleItem(second.ToString()).ShouldContain("in use by another running service");
        await Stop(first);
    }

    private ServiceSettings Settings() => ServiceSettings.Bare("Development").With("Embedded:DataDirectory", data);

    /// <summary>A client made of what the service says to whom has started it.</summary>
    private static async Task<HttpClient> Welcomed(ServiceProcess process)
    {
        var address = (await process.Printed(AddressLine())).Groups[1].Value;
        var token = (await process.Printed(TokenLine())).Groups[1].Value;
        var client = Service.NewClient(new Uri(address), token);
        using var page = await client.GetAsync("/docs");
        page.IsSuccessStatusCode.ShouldBeTrue();
        return client;
    }

    private static async Task Stop(ServiceProcess process)
    {
        process.Send(PosixSignal.SIGINT);
        var outcome = await process.Ended();
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        outcome.Errors.ShouldBeEmpty(outcome.ToString());
        outcome.ToString().ShouldNotContain("Exception");
    }

    private int ServerProcess() => ServerProcessOrNone() ?? throw new InvalidOperationException($"No PostgreSQL serves {data}.");

    private int? ServerProcessOrNone()
    {
        var file = Path.Combine(data, "postgres", "postmaster.pid");
        return File.Exists(file) ? int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture) : null;
    }

    private static bool IsRunning(int? id)
    {
        if (id is not { } wanted)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(wanted);

            // One that has ended and that nobody has asked after is still listed, and has no memory.
            return process.WorkingSet64 > 0 && process.ProcessName.StartsWith("postgres", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^Attachments serves +(http://\S+)$")]
    private static partial Regex AddressLine();

    [GeneratedRegex(@"export TOKEN=(\S+)$")]
    private static partial Regex TokenLine();
}
