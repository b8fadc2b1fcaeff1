using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Attachments.Application.Settings;
using Attachments.FunctionalTests.Support;
using FsCheck;
using FsCheck.Fluent;

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
    private const int MaxSteps = 8;

    private static readonly int Count = Read("ATTACHMENTS_TEST_UPLOADS", 5);
    private static readonly int Seed = Read("ATTACHMENTS_TEST_SEED", 1);
    private static readonly int[] Edges = [0, 1, 2048, 256 << 10, Part];
    private static readonly HashAlgorithmName[] Algorithms =
        [HashAlgorithmName.SHA1, HashAlgorithmName.MD5, HashAlgorithmName.SHA256, HashAlgorithmName.SHA512];

    [Test]
    public async Task Keeps_what_was_told_and_nothing_that_was_not_sent()
    {
        await using var one = await ServiceInStore.Start(store, "--Storage:ReclaimAfter=00:00:00");
        await using var two = await one.StartAnother();
        RunningService[] instances = [one.Service, two];
        var uploads = Prop.ForAll(Arb.From(Plans, Simplify), plan => new Sending(instances, plan).Run().GetAwaiter().GetResult());
        await Task.Run(() => uploads.Check(Config.QuickThrowOnFailure.WithMaxTest(Count).WithReplay(new Replay(new Rnd((ulong)Seed, 1), null))));
        (await one.Service.Verify()).ShouldBe(0);
        await one.ShouldKeepOnlyWhatIsReferredTo();
    }

    private static Gen<int> Lengths => Gen.Frequency(
        (9, from edge in Gen.Elements(Edges) from offset in Gen.Choose(-1, 1) select Math.Max(0, edge + offset)),
        (1, Gen.Choose(0, MaxLength)));

    private static Gen<Step> Steps =>
        from kind in Gen.Elements(Enum.GetValues<StepKind>())
        from percent in Gen.Frequency((1, Gen.Constant(100)), (4, Gen.Choose(0, 100)))
        select new Step(kind, percent);

    private static Gen<Plan> Plans =>
        from length in Lengths
        from isDeferred in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from count in Gen.Choose(0, MaxSteps)
        from steps in Steps.ArrayOf(count)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new Plan(length, isDeferred, steps, seed);

    /// <summary>Fewer requests, and shorter files.</summary>
    private static IEnumerable<Plan> Simplify(Plan plan) =>
    [
        .. plan.Steps.Select((_, i) => plan with { Steps = [.. plan.Steps[..i], .. plan.Steps[(i + 1)..]] }),
        .. Edges.Where(edge => edge < plan.Length).Select(edge => plan with { Length = edge }),
    ];

    private static int Read(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private enum StepKind
    {
        Send,
        SendChecked,
        SendDamaged,
        EndLine,
        ResetLine,
        LeaveLine,
    }

    /// <param name="Kind">What is done.</param>
    /// <param name="Percent">How much of what is missing is sent.</param>
    private sealed record Step(StepKind Kind, int Percent);

    /// <param name="Length">Of the file.</param>
    /// <param name="IsDeferred">Whether it is told at the end only.</param>
    /// <param name="Steps">The requests before the one that sends the rest.</param>
    /// <param name="Seed">Decides what the file holds, and the protocol and the instance of each request.</param>
    private sealed record Plan(int Length, bool IsDeferred, Step[] Steps, int Seed)
    {
        public override string ToString() =>
            $"{Length} bytes{(IsDeferred ? ", deferred" : "")}, seed {Seed}: {string.Join(", ", Steps.Select(step => $"{step.Kind} {step.Percent} %"))}";
    }

    /// <summary>One upload, as its client knows it.</summary>
    private sealed class Sending(RunningService[] instances, Plan plan)
    {
        private readonly Random random = new(plan.Seed);
        private readonly byte[] file = Files.Make(plan.Length, plan.Seed);
        private readonly bool isDeferred = plan.IsDeferred;
        private readonly string where = $"{plan}";
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
            foreach (var step in plan.Steps)
            {
                await Try(step);
            }

            while (told < file.Length)
            {
                await Try(new Step(StepKind.Send, 100));
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

        private async Task Try(Step step)
        {
            if (told == file.Length)
            {
                return;
            }

            try
            {
                await Do(step.Kind, (int)((file.Length - told) * (long)step.Percent / 100));
            }
            catch (HttpRequestException)
            {
                // One that was read late has taken over, and the line was closed before there was an answer to read.
                await Ask();
            }
        }

        private Task Do(StepKind kind, int count) => kind switch
        {
            StepKind.Send => Send(count),
            StepKind.SendChecked => SendChecked(count, isRight: true),
            StepKind.SendDamaged => SendChecked(count, isRight: false),
            StepKind.EndLine => Cut(count, connection => connection.EndSending()),
            StepKind.ResetLine => Cut(count, connection => connection.Drop()),
            StepKind.LeaveLine => Cut(count, _ => { }),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

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
