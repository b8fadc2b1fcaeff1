using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Attachments.Application.Settings;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads.Resumable;

/// <summary>
/// Uploads that are cut at random, over two instances and by both protocols: the offset is never less than the last one told nor more than was sent, and the file
/// is the one that was sent. <c>ATTACHMENTS_TEST_UPLOADS</c> says how many, and <c>ATTACHMENTS_TEST_SEED</c> which.
/// </summary>
[TestFixtureSource(typeof(ServiceInStore), nameof(ServiceInStore.Stores))]
internal sealed class RandomUploadTests(StorageProvider store)
{
    private const int Part = 8 << 20;
    private const int MaxLength = 40 << 20;

    private static readonly int Count = Read("ATTACHMENTS_TEST_UPLOADS", 12);
    private static readonly int Seed = Read("ATTACHMENTS_TEST_SEED", 1);
    private static readonly int[] Edges = [0, 1, 2048, 256 << 10, Part];
    private static readonly HashAlgorithmName[] Algorithms =
        [HashAlgorithmName.SHA1, HashAlgorithmName.MD5, HashAlgorithmName.SHA256, HashAlgorithmName.SHA512];

    [Test]
    public async Task Keeps_what_was_told_and_nothing_that_was_not_sent()
    {
        await using var one = await ServiceInStore.Start(store, "--Storage:ReclaimAfter=00:00:00");
        await using var two = await one.StartAnother();
        for (var i = 0; i < Count; i++)
        {
            var random = new Random(unchecked((Seed * 1_000_003) + i));
            var length = ChooseLength(random);
            var upload = new Sending([one.Service, two], random, Files.Make(length, random.Next()), $"seed {Seed}, upload {i}, {length} bytes");
            await upload.Run();
        }

        (await one.Service.Verify()).ShouldBe(0);
        await one.ShouldKeepOnlyWhatIsReferredTo();
    }

    private static int ChooseLength(Random random) => random.Next(10) == 0
        ? random.Next(MaxLength)
        : Math.Max(0, Edges[random.Next(Edges.Length)] + random.Next(-1, 2));

    private static int Read(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>One upload, as its client knows it.</summary>
    private sealed class Sending(RunningService[] instances, Random random, byte[] file, string where)
    {
        private readonly bool isDeferred = random.Next(4) == 0;
        private string url = "";
        private int told;
        private int sent;

        private bool Flip => random.Next(2) == 0;

        private RunningService Any => instances[random.Next(instances.Length)];

        public async Task Run()
        {
            var created = Flip ? await Rufh.Begin(Any.Admin, "/v1/attachments/", isDeferred ? [] : [("Upload-Length", $"{file.Length}")])
                : isDeferred ? await Any.Admin.BeginWith("/v1/attachments/", null, ("Upload-Defer-Length", "1"))
                : await Any.Admin.Begin("/v1/attachments/", file.Length);
            created.Status.ShouldBe(201, where);
            url = created.Field("Location").ShouldNotBeNull();
            while (told < file.Length)
            {
                try
                {
                    await Step();
                }
                catch (HttpRequestException)
                {
                    // One that was read late has taken over, and the line was closed before there was an answer to read.
                    await Ask();
                }
            }

            var endsByDraft = Flip;
            var end = await Finish(endsByDraft);
            while (IsOvertaken(end))
            {
                end = await Finish(endsByDraft);
            }

            var location = endsByDraft ? end.ShouldBeStored(file, 201) : end.ShouldBeFinished(file, isDeferred ? 204 : 200);
            var service = Any;
            var stored = await TusTarget.NewOwnedAttachment.Read(service, location);
            stored.AsSpan().SequenceEqual(file).ShouldBeTrue(where);
            end.Field("Repr-Digest").ShouldBe($"sha-256=:{Convert.ToBase64String(Convert.FromHexString(await Sha256Sum(stored)))}:", where);
        }

        private Task<Answer> Finish(bool byDraft) => byDraft ? Rufh.Append(Any.Admin, url, file.Length, [], isLast: true)
            : isDeferred ? Any.Admin.Append(url, file.Length, [], ("Upload-Length", $"{file.Length}"))
            : Any.Admin.AskOffset(url);

        private Task Step()
        {
            var count = random.Next(5) == 0 ? file.Length - told : random.Next(file.Length - told + 1);
            return random.Next(6) switch
            {
                0 => Cut(count, connection => connection.EndSending()),
                1 => Cut(count, connection => connection.Drop()),
                2 => Cut(count, _ => { }),
                3 => SendChecked(count, isRight: true),
                4 => SendChecked(count, isRight: false),
                _ => Send(count),
            };
        }

        private async Task Send(int count)
        {
            sent = Math.Max(sent, told + count);
            var (isTus, chunk) = (Flip, file[told..(told + count)]);
            var answer = isTus ? await Any.Admin.Append(url, told, chunk) : await Rufh.Append(Any.Admin, url, told, chunk);
            if (IsOvertaken(answer))
            {
                await Ask();
                return;
            }

            told += count;
            if (isTus)
            {
                answer.ShouldBeAt(told);
            }
            else
            {
                answer.ShouldBeOpenAt(told);
            }
        }

        /// <summary>A request whose line has ended may be read only after the next one.</summary>
        private static bool IsOvertaken(Answer answer) =>
            answer.Status is 400 or 409 && answer.Json.Text("code") is "upload_interrupted" or "mismatching_upload_offset";

        private async Task SendChecked(int count, bool isRight)
        {
            var (algorithm, chunk) = (Algorithms[random.Next(Algorithms.Length)], file[told..(told + count)]);
            var checksum = CryptographicOperations.HashData(algorithm, isRight ? chunk : [.. chunk, 1]);
            sent = Math.Max(sent, isRight ? told + count : told);
            var answer = await Any.Admin.Append(
                url, told, chunk, ("Upload-Checksum", $"{algorithm.Name!.ToLowerInvariant()} {Convert.ToBase64String(checksum)}"));
            if (!IsOvertaken(answer))
            {
                (answer.Status == 204).ShouldBe(isRight, $"{where}: {answer.Text}");
                told += isRight ? count : 0;
            }

            await Ask();
        }

        /// <summary>Sends less than it announces, ends the line in one way or another, and comes back elsewhere.</summary>
        private async Task Cut(int count, Action<RawConnection> cut)
        {
            var service = Any;
            await using var connection = await service.Connect();
            await connection.Send(service.RequestHead(
                "PATCH",
                url,
                [
                    $"Upload-Offset: {told}",
                    $"Content-Length: {file.Length - told}",
                    .. Flip
                        ? (string[])["Upload-Complete: ?1", $"Content-Type: {Rufh.Chunk}"]
                        : ["Tus-Resumable: 1.0.0", $"Content-Type: {Tus.Chunk}"],
                ]));
            var end = told + Math.Min(count, file.Length - told - 1);
            sent = Math.Max(sent, end);
            try
            {
                await connection.Send(file[told..end]);
            }
            catch (IOException)
            {
                // It was refused, since one that was read late has gone on with the upload.
            }

            cut(connection);
            await Ask();
        }

        private async Task Ask()
        {
            var isTus = Flip;
            var answer = isTus ? await Any.Admin.AskOffset(url) : await Rufh.AskOffset(Any.Admin, url);
            answer.Status.ShouldBe(isTus ? 200 : 204, where);
            var offset = int.Parse(answer.Field("Upload-Offset")!, CultureInfo.InvariantCulture);
            offset.ShouldBeInRange(told, sent, where);
            told = offset;
        }

        /// <summary>As another program says it.</summary>
        private static async Task<string> Sha256Sum(byte[] bytes)
        {
            using var program = Process.Start(
                new ProcessStartInfo("sha256sum") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            await program.StandardInput.BaseStream.WriteAsync(bytes);
            program.StandardInput.Close();
            var printed = await program.StandardOutput.ReadToEndAsync();
            await program.WaitForExitAsync();
            return printed[..64];
        }
    }
}
