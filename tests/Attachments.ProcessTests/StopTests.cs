using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Attachments.ProcessTests;

[Platform(Exclude = "Win", Reason = "Signals are those of Unix.")]
internal sealed class StopTests
{
    private const string CountArrived = "SELECT coalesce(max(length), 0) FROM blobs WHERE state = 0";

    private static readonly byte[] File = [.. Enumerable.Range(0, 2_000_000).Select(i => (byte)(i * i >> 7))];

    [TestCase(PosixSignal.SIGTERM)]
    [TestCase(PosixSignal.SIGINT)]
    public async Task Ends_with_0_when_told_to(PosixSignal signal)
    {
        await using var service = await Service.StartOnNewDatabase();
        service.Process.Send(signal);
        await ExpectOrderlyEnd(service.Process);
    }

    [TestCase(PosixSignal.SIGTERM)]
    [TestCase(PosixSignal.SIGINT)]
    public async Task Lets_a_request_that_runs_come_to_its_end(PosixSignal signal)
    {
        var settings = ServiceSettings.Complete(await Service.CreateMigrated());
        await using (var service = await Service.Start(settings))
        {
            await service.CreateSession("s");
            var content = new InterruptedContent(File);
            var uploading = service.Put("s", "file", content);
            await HasArrived(settings, content.BeforeInterruption);

            service.Process.Send(signal);
            await Eventually.Holds(async () => !await Accepts(service.Address), "The service takes new connections.");
            uploading.IsCompleted.ShouldBeFalse();
            content.GoOn();

            ((long)(await uploading)["length"]!).ShouldBe(File.Length);
            await ExpectOrderlyEnd(service.Process);
        }

        await using var next = await Service.Start(settings);
        (await next.Get("s", "file")).ShouldBe(File);
    }

    [Test]
    public async Task Cuts_a_request_that_does_not_come_to_its_end()
    {
        var settings = ServiceSettings.Complete(await Service.CreateMigrated());
        await using var service = await Service.Start(settings, "--shutdownTimeoutSeconds=1");
        await service.CreateSession("s");
        var content = new InterruptedContent(File);
        var uploading = service.Put("s", "file", content);
        await HasArrived(settings, content.BeforeInterruption);

        service.Process.Send(PosixSignal.SIGTERM);
        await ExpectOrderlyEnd(service.Process);
        content.GoOn();
        await Should.ThrowAsync<HttpRequestException>(uploading);
    }

    [Test]
    public async Task Starts_again_at_the_same_address_after_it_was_killed_in_mid_upload()
    {
        var settings = ServiceSettings.Complete(await Service.CreateMigrated());
        Uri address;
        await using (var service = await Service.Start(settings))
        {
            address = service.Address;
            await service.CreateSession("s");
            await service.Put("s", "file", new ByteArrayContent([1, 2, 3]));
            var content = new InterruptedContent(File);
            var uploading = service.Put("s", "file", content);
            await HasArrived(settings, content.BeforeInterruption);
            await service.Process.Kill();
            content.GoOn();
            await Should.ThrowAsync<HttpRequestException>(uploading);
        }

        await using var next = await Service.Start(settings, $"--urls={address.GetLeftPart(UriPartial.Authority)}");
        (await next.Get("s", "file")).ShouldBe([1, 2, 3]);
        await next.Put("s", "file", new ByteArrayContent(File));
        (await next.Get("s", "file")).ShouldBe(File);
    }

    private static async Task ExpectOrderlyEnd(ServiceProcess process)
    {
        var outcome = await process.Ended();
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
        outcome.Errors.ShouldBeEmpty();
        outcome.ToString().ShouldNotContain("Exception");
    }

    /// <summary>Whole chunks that have arrived are in the database; the rest of what was sent is not.</summary>
    private static Task HasArrived(ServiceSettings settings, int bytes) => Eventually.Holds(
        async () => await Sql.Scalar<long>(settings.Variables[ServiceSettings.DatabaseVariable], CountArrived) > bytes / 2,
        "Nothing of the upload has arrived.");

    private static async Task<bool> Accepts(Uri address)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends the first half of a file, and the other half when it is told to.</summary>
    private sealed class InterruptedContent(byte[] file) : HttpContent
    {
        private readonly TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int BeforeInterruption => file.Length / 2;

        public void GoOn() => goOn.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(file.AsMemory(0, BeforeInterruption));
            await stream.FlushAsync();
            await goOn.Task;
            await stream.WriteAsync(file.AsMemory(BeforeInterruption));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = file.Length;
            return true;
        }
    }
}
