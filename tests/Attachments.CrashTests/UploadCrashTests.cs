using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Attachments.Application.Settings;

namespace Attachments.CrashTests;

/// <summary>
/// Uploads in several requests while the service or PostgreSQL is killed: an offset that was told is never lost, and a file is stored once,
/// in every store, and by several replicas.
/// </summary>
public sealed class UploadCrashTests
{
    private static readonly int? Rounds = Variables.Number("ATTACHMENTS_CRASH_ROUNDS");
    private static readonly int Seed = Variables.Number("ATTACHMENTS_CRASH_SEED", 1);
    private static readonly Fault[] Faults = [Fault.ServiceKilled, Fault.BackendKilled, Fault.DatabaseStopped];

    [TestCase(1, StorageProvider.LargeObject, 6_000_000, 700_000, 2)]
    [TestCase(1, StorageProvider.Directory, 6_000_000, 700_000, 1)]
    [TestCase(1, StorageProvider.S3, 20_000_000, 3_000_000, 0)]
    [TestCase(3, StorageProvider.S3, 20_000_000, 3_000_000, 1)]
    public async Task Loses_no_offset_that_was_told(int replicas, StorageProvider store, int length, int chunkLength, int fewRounds)
    {
        if ((Rounds ?? fewRounds) == 0)
        {
            Assert.Ignore("The one with several replicas shows it, too: ATTACHMENTS_CRASH_ROUNDS runs it.");
        }

        RequireEquipment(replicas, store);
        await using var world = await World.Create(replicas: replicas, store: store);
        var client = await world.Start();
        for (var round = 1; round <= (Rounds ?? fewRounds); round++)
        {
            var random = new Random(unchecked((Seed * 1_000_003) + round));
            var fault = Faults[(Seed + round - 2 + Faults.Length) % Faults.Length];
            var where = $"seed {Seed}, round {round}, {fault}";
            var upload = new Sending(client, RandomNumberGenerator.GetBytes(length), chunkLength);
            await upload.Begin($"/api/temporaryattachmentset/{Guid.NewGuid()}");

            // In the middle of a chunk, or, in every other round, of the end.
            var isAtEnd = round % 2 == 0;
            if (isAtEnd)
            {
                await upload.SendUpTo(length - chunkLength, stopAtFailure: true);
            }

            var sending = upload.SendUpTo(length, stopAtFailure: true);
            await Task.Delay(random.Next(isAtEnd ? 60 : 400));
            await world.Inflict(fault, random);
            await sending;
            await world.Recover();
            if (fault == Fault.ServiceKilled && replicas == 1)
            {
                await world.Stop();
                client.Dispose();
                client = await world.Start();
            }

            upload = upload.As(client);
            await upload.Resume(where);
            await upload.SendUpTo(length, stopAtFailure: false);
            await upload.ShouldBeStoredOnce(where);
        }

        client.Dispose();
        await world.Stop();
        await world.ShouldLeaveNothingBehind();
    }

    private static void RequireEquipment(int replicas, StorageProvider store)
    {
        if (replicas > 1 && !LoadBalancer.IsAvailable)
        {
            Assert.Ignore(LoadBalancer.WhySkipped);
        }

        if (store == StorageProvider.S3 && !TestBucket.IsAvailable)
        {
            Assert.Ignore(TestBucket.WhySkipped);
        }
    }

    /// <summary>One upload, as its client knows it.</summary>
    private sealed class Sending(HttpClient client, byte[] file, int chunkLength)
    {
        private string target = "";
        private string url = "";
        private long told;

        public Sending As(HttpClient other) => new(other, file, chunkLength) { target = target, url = url, told = told };

        public async Task Begin(string address)
        {
            target = address;
            using var answer = await Send(HttpMethod.Post, address, null, ("Upload-Length", $"{file.Length}"));
            answer.StatusCode.ShouldBe(HttpStatusCode.Created);
            url = answer.Headers.Location!.ToString();
        }

        /// <summary>Sends one chunk after another, and believes what is answered.</summary>
        public async Task SendUpTo(int end, bool stopAtFailure)
        {
            while (told < end)
            {
                var chunk = file[(int)told..(int)Math.Min(told + chunkLength, end)];
                try
                {
                    using var answer = await Send(HttpMethod.Patch, url, chunk, ("Upload-Offset", $"{told}"));
                    if (answer.StatusCode == HttpStatusCode.NoContent)
                    {
                        told = ReadOffset(answer);
                        continue;
                    }

                    // A load balancer says 502 for the one that was killed.
                    answer.StatusCode.ShouldBeOneOf(HttpStatusCode.ServiceUnavailable, HttpStatusCode.BadGateway);
                }
                catch (HttpRequestException) when (stopAtFailure)
                {
                }

                if (stopAtFailure)
                {
                    return;
                }

                await Resume("after a failure");
            }
        }

        /// <summary>Asks where to go on, until it is told.</summary>
        public async Task Resume(string where)
        {
            var offset = -1L;
            await Eventually.Holds(
                async () =>
                {
                    // The replica that was killed may have been asked.
                    using var answer = await Send(HttpMethod.Head, url, null);
                    offset = answer.StatusCode == HttpStatusCode.OK ? ReadOffset(answer) : -1;
                    return offset >= 0;
                },
                $"{where}: the upload is not there any more");
            offset.ShouldBeInRange(told, file.Length, where);
            told = offset;
        }

        public async Task ShouldBeStoredOnce(string where)
        {
            JsonArray? items = null;
            await Eventually.Holds(
                async () =>
                {
                    // A connection that was cut may still be in the pool.
                    using var answer = await client.GetAsync(target);
                    items = answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["Items"]!.AsArray() : null;
                    return items is not null;
                },
                $"{where}: the set cannot be read");
            items!.Count.ShouldBe(1, where);
            var stored = await client.GetByteArrayAsync((string)items[0]!["Content"]!);
            stored.AsSpan().SequenceEqual(file).ShouldBeTrue($"{where}: the file is not the one that was sent");
            var result = JsonNode.Parse(await client.GetStringAsync(url))!["result"];
            ((int)result!["status"]!).ShouldBe(201, where);
        }

        private async Task<HttpResponseMessage> Send(HttpMethod method, string address, byte[]? chunk, params (string Name, string Value)[] fields)
        {
            using var request = new HttpRequestMessage(method, address);
            request.Headers.Add("Tus-Resumable", "1.0.0");
            foreach (var (name, value) in fields)
            {
                request.Headers.Add(name, value);
            }

            if (chunk is not null)
            {
                request.Content = new ByteArrayContent(chunk);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
            }

            return await client.SendAsync(request);
        }

        private static long ReadOffset(HttpResponseMessage answer) =>
            long.Parse(answer.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
    }
}
