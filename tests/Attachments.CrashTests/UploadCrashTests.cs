using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Attachments.CrashTests;

/// <summary>
/// Uploads in several requests while the service or PostgreSQL is killed: an offset that was told is never lost, and a file is stored once.
/// </summary>
public sealed class UploadCrashTests
{
    private const int Length = 6_000_000;
    private const int ChunkLength = 700_000;

    private static readonly int Rounds = Variables.Number("ATTACHMENTS_CRASH_ROUNDS") ?? 6;
    private static readonly int Seed = Variables.Number("ATTACHMENTS_CRASH_SEED", 1);
    private static readonly Fault[] Faults = [Fault.ServiceKilled, Fault.BackendKilled, Fault.DatabaseStopped];

    [Test]
    public async Task Loses_no_offset_that_was_told()
    {
        await using var world = await World.Create();
        var client = await world.Start();
        for (var round = 1; round <= Rounds; round++)
        {
            var random = new Random(unchecked((Seed * 1_000_003) + round));
            var fault = Faults[(Seed + round) % Faults.Length];
            var where = $"seed {Seed}, round {round}, {fault}";
            var upload = new Sending(client, RandomNumberGenerator.GetBytes(Length));
            await upload.Begin($"/api/temporaryattachmentset/{Guid.NewGuid()}");

            // In the middle of a chunk, or, in every other round, of the end.
            var isAtEnd = round % 2 == 0;
            if (isAtEnd)
            {
                await upload.SendUpTo(Length - ChunkLength, stopAtFailure: true);
            }

            var sending = upload.SendUpTo(Length, stopAtFailure: true);
            await Task.Delay(random.Next(isAtEnd ? 60 : 400));
            await world.Inflict(fault, random);
            await sending;
            if (fault == Fault.ServiceKilled)
            {
                await world.Stop();
                client.Dispose();
                client = await world.Start();
            }

            upload = upload.As(client);
            await upload.Resume(where);
            await upload.SendUpTo(Length, stopAtFailure: false);
            await upload.ShouldBeStoredOnce(where);
        }

        client.Dispose();
        await world.Stop();
        await world.ShouldLeaveNothingBehind();
    }

    /// <summary>One upload, as its client knows it.</summary>
    private sealed class Sending(HttpClient client, byte[] file)
    {
        private string target = "";
        private string url = "";
        private long told;

        public Sending As(HttpClient other) => new(other, file) { target = target, url = url, told = told };

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
                var chunk = file[(int)told..(int)Math.Min(told + ChunkLength, end)];
                try
                {
                    using var answer = await Send(HttpMethod.Patch, url, chunk, ("Upload-Offset", $"{told}"));
                    if (answer.StatusCode == HttpStatusCode.NoContent)
                    {
                        told = ReadOffset(answer);
                        continue;
                    }

                    answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, await answer.Content.ReadAsStringAsync());
                }
                catch (HttpRequestException) when (stopAtFailure)
                {
                }

                if (stopAtFailure)
                {
                    return;
                }

                await Resume("after 503");
            }
        }

        /// <summary>Asks where to go on, until it is told.</summary>
        public async Task Resume(string where)
        {
            var offset = -1L;
            await Eventually.Holds(
                async () =>
                {
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
