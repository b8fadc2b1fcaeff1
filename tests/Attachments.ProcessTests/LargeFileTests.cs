using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Attachments.ProcessTests;

[Platform("Linux", Reason = "The peak of a process's memory is read from /proc.")]
internal sealed class LargeFileTests
{
    private const long MaxGrowthBytes = 64L << 20;
    private const int WarmUpBytes = 1 << 20;
    private const int WarmUps = 10;
    private const ulong Seed = 2;

    /// <summary>A run by hand takes more than 2 GiB.</summary>
    private static readonly long LargeBytes = Environment.GetEnvironmentVariable("ATTACHMENTS_TEST_LARGE_BYTES") is { Length: > 0 } given
        ? long.Parse(given, CultureInfo.InvariantCulture)
        : 512 << 20;

    [Test]
    public async Task Costs_little_memory_to_upload_and_download_and_comes_back_as_it_was_sent()
    {
        await using var service = await Service.StartOnNewDatabase();
        await service.CreateSession("s");
        var memory = new ProcessMemory(service.Process.Id);
        TestContext.Out.WriteLine($"after the start {MiB(memory.Resident)}");
        for (var i = 0; i < WarmUps; i++)
        {
            await Upload(service, WarmUpBytes);
            await Download(service, WarmUpBytes);
        }

        var idle = await memory.Idle();

        memory.ForgetPeak();
        var watch = Stopwatch.StartNew();
        var md5 = await Upload(service, LargeBytes);
        Report("upload", watch.Elapsed, memory.Peak, idle);
        var uploadPeak = memory.Peak;

        memory.ForgetPeak();
        watch.Restart();
        (await Download(service, LargeBytes)).ShouldBe(md5, "md5sum says otherwise.");
        Report("download", watch.Elapsed, memory.Peak, idle);

        Math.Max(uploadPeak, memory.Peak).ShouldBeLessThanOrEqualTo(idle + MaxGrowthBytes);
    }

    /// <summary>Sends a file as a form, and checks the answer.</summary>
    /// <returns>The MD5 digest of what was sent.</returns>
    private static async Task<string> Upload(Service service, long length)
    {
        using var md5 = MD5.Create();
        await using var digested = new CryptoStream(new PseudoRandomStream(length, Seed), md5, CryptoStreamMode.Read);
        var file = new StreamContent(digested, 1 << 16);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var form = new MultipartFormDataContent { { file, "attachment", "large.bin" } };
        var result = await service.Put("s", "large", form);
        var sent = Convert.ToHexStringLower(md5.Hash!);
        result.ToJsonString().ShouldBe(new JsonObject { ["length"] = length, ["md5"] = sent }.ToJsonString());
        return sent;
    }

    /// <summary>Compares a file with what was sent as it comes.</summary>
    /// <returns>What md5sum says of it.</returns>
    private static async Task<string> Download(Service service, long length)
    {
        using var response = await service.Client.GetAsync(Service.GetPath("s", "large"), HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentLength.ShouldBe(length);
        await using var received = await response.Content.ReadAsStreamAsync();
        await using var expected = new PseudoRandomStream(length, Seed);
        using var sum = new Md5Sum();
        var (got, wanted) = (new byte[1 << 16], new byte[1 << 16]);
        for (var compared = 0L; ;)
        {
            var count = await received.ReadAsync(got);
            expected.Read(wanted.AsSpan(0, count)).ShouldBe(count, "There is more than was sent.");
            got.AsSpan(0, count).SequenceEqual(wanted.AsSpan(0, count)).ShouldBeTrue($"It differs after {compared} bytes.");
            compared += count;
            if (count == 0)
            {
                compared.ShouldBe(length);
                return await sum.Finish();
            }

            await sum.Input.WriteAsync(got.AsMemory(0, count));
        }
    }

    private static void Report(string what, TimeSpan time, long peak, long idle) => TestContext.Out.WriteLine(
        $"{what} of {MiB(LargeBytes)}: {time.TotalSeconds:0.0} s; idle {MiB(idle)}, peak {MiB(peak)}, {MiB(peak - idle)} more");

    private static string MiB(long bytes) => $"{bytes / (double)(1 << 20):0.0} MiB";
}
