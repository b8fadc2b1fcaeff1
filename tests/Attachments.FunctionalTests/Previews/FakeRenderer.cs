using System.IO.Pipelines;
using System.Text;
using Attachments.Application.Previews;
using Attachments.Domain.Previews;

namespace Attachments.FunctionalTests.Previews;

/// <summary>Makes previews without looking at the image, at the time and with the result that a test wants.</summary>
internal sealed class FakeRenderer : IPreviewRenderer
{
    private int renderings;

    /// <summary>How often it was asked.</summary>
    public int Renderings => renderings;

    /// <summary>The image that it read last.</summary>
    public byte[] LastRead { get; private set; } = [];

    public string? Engine { get; init; } = "fake";

    /// <summary>It answers when this is completed.</summary>
    public TaskCompletionSource Gate { get; set; } = Open();

    /// <summary>What is answered instead of previews.</summary>
    public PreviewRefusal? Refusal { get; set; }

    /// <summary>The presets that are made; by default the wanted one.</summary>
    public string[] Makes { get; set; } = [];

    public Task<string?> FindEngine(CancellationToken cancellationToken) => Task.FromResult(Engine);

    public async Task<PreviewRendering> Render(
        string wanted, int length, Func<PipeWriter, CancellationToken, Task> copy, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref renderings);
        using var image = new MemoryStream();
        var writer = PipeWriter.Create(image);
        await copy(writer, cancellationToken);
        await writer.CompleteAsync();
        LastRead = image.ToArray();
        LastRead.Length.ShouldBe(length);
        await Gate.Task.WaitAsync(cancellationToken);
        return Refusal is { } refusal
            ? PreviewRendering.Refused(refusal)
            : new PreviewRendering(null, Makes.Append(wanted).Distinct().ToDictionary(preset => preset, preset => GetPreview(preset)));
    }

    /// <summary>What it makes for a preset.</summary>
    public static byte[] GetPreview(string preset) => Encoding.UTF8.GetBytes($"a preview, {preset}");

    /// <summary>From now on it waits.</summary>
    public void Close() => Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Open()
    {
        var gate = new TaskCompletionSource();
        gate.SetResult();
        return gate;
    }
}
