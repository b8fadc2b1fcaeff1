using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Win32.SafeHandles;
using NetVips;

namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>
/// The process that makes previews of one image. It confines itself before it reads a byte, and ends afterwards. Only the service starts it.
/// </summary>
public static class PreviewWorker
{
    /// <summary>The verb of the command line.</summary>
    public const string Verb = "preview";

    private const string Confined = "--confined";
    private const string Probe = "--probe";
    private const string Bundled = "--bundled";
    private const string Installed = "--system";
    private const int Failed = 1;

    /// <summary>The arguments of a worker.</summary>
    internal static IEnumerable<string> Arguments(bool bundled, WorkerLimits limits) => [Verb, bundled ? Bundled : Installed, .. limits.Format()];

    /// <summary>The arguments of a worker that tries something instead.</summary>
    internal static IEnumerable<string> ProbeArguments(string probe, string target, WorkerLimits limits) =>
        [Verb, Probe, .. limits.Format(), probe, target];

    /// <param name="arguments">After the verb.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        try
        {
            if (arguments is [Confined, .. var rest])
            {
                return RunConfined(rest);
            }

            var (mode, limits) = (arguments[0], WorkerLimits.Parse(arguments[1..4]));
            Confinement.Enter([Verb, Confined, mode, .. arguments[4..]], limits);
            return Failed;
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine($"{exception.GetType().Name}: {exception.Message}");
            return Failed;
        }
    }

    private static int RunConfined(string[] arguments)
    {
        Libc.IgnoreStopSignals();
        var isFiltered = Filter();
        RequireConfined();
        return arguments is [Probe, var probe, var target]
            ? WorkerProbe.Run(probe, target)
            : Serve(arguments is [Bundled], isFiltered);
    }

    private static bool Filter()
    {
        try
        {
            SeccompFilter.Install();
            return true;
        }
        catch (ConfinementException)
        {
            return false;
        }
    }

    /// <summary>Believes in the first stage only after a try.</summary>
    private static void RequireConfined()
    {
        if (Libc.Open("/", 0, 0) >= 0)
        {
            throw new ConfinementException("Landlock does not hold.");
        }
    }

    private static int Serve(bool bundled, bool isFiltered)
    {
        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        var greeting = Greet(bundled, isFiltered);
        Write(output, greeting, WorkerMessages.Default.WorkerGreeting);
        if (greeting.Failure is not null || ReadLine(input) is not { Length: > 0 } line)
        {
            return Failed;
        }

        var job = JsonSerializer.Deserialize(line, WorkerMessages.Default.WorkerJob)!;
        var bytes = GC.AllocateUninitializedArray<byte>(job.Length);
        input.ReadExactly(bytes);
        Answer(output, bytes, job);
        return 0;
    }

    private static WorkerGreeting Greet(bool bundled, bool isFiltered)
    {
        try
        {
            var (engine, loaders) = ImageDecoder.Load(bundled);
            return new WorkerGreeting(Failure: null, engine, loaders, isFiltered);
        }
        catch (Exception exception)
        {
            return new WorkerGreeting($"{exception.GetType().Name}: {exception.GetBaseException().Message}", "", [], isFiltered);
        }
    }

    private static void Answer(Stream output, byte[] bytes, WorkerJob job)
    {
        var (refused, previews) = Render(bytes, job);
        var lengths = previews.Select(preview => new PreviewLength(preview.Preset, preview.Content.Length));
        Write(output, new WorkerAnswer(refused, [.. lengths]), WorkerMessages.Default.WorkerAnswer);
        foreach (var (_, content) in previews)
        {
            output.Write(content);
        }
    }

    private static (string? Refused, List<(string Preset, byte[] Content)> Previews) Render(byte[] bytes, WorkerJob job)
    {
        try
        {
            var previews = ImageDecoder.Render(bytes, job).ToList();
            return previews.Exists(preview => preview.Content.Length > WorkerMessages.MaxPreviewBytes)
                ? (WorkerAnswer.TooLarge, [])
                : (null, previews);
        }
        catch (ImageRefusedException refusal)
        {
            return (refusal.Message, []);
        }
        catch (VipsException)
        {
            return (WorkerAnswer.Damaged, []);
        }
    }

    private static void Write<T>(Stream output, T message, JsonTypeInfo<T> type) =>
        output.Write([.. JsonSerializer.SerializeToUtf8Bytes(message, type), (byte)'\n']);

    /// <summary>Not one byte more than the line.</summary>
    private static byte[] ReadLine(Stream input)
    {
        var line = new List<byte>();
        for (int read; line.Count < WorkerMessages.MaxLineBytes && (read = input.ReadByte()) is not (-1 or '\n');)
        {
            line.Add((byte)read);
        }

        return [.. line];
    }
}
