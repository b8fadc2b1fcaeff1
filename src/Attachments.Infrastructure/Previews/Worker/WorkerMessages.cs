using System.Text.Json.Serialization;

namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>What a worker says once it is ready, or cannot be.</summary>
/// <param name="Failure">Why it cannot; null: it is.</param>
/// <param name="Engine">The version of libvips.</param>
/// <param name="Loaders">What it can load.</param>
/// <param name="IsFiltered">Whether the second stage of the sandbox holds, too.</param>
internal sealed record WorkerGreeting(string? Failure, string Engine, string[] Loaders, bool IsFiltered);

/// <summary>What a worker is asked to do. The bytes of the image follow.</summary>
/// <param name="Wanted">The preset that must be made.</param>
/// <param name="Presets">With it, those that are made as well if they are not larger.</param>
/// <param name="MaxPixels">Of the image.</param>
/// <param name="Length">The bytes that follow.</param>
internal sealed record WorkerJob(string Wanted, PresetSize[] Presets, long MaxPixels, int Length);

/// <summary>The size of a preset.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Cover">Whether the size is filled and the rest cut off.</param>
internal sealed record PresetSize(string Name, int Width, int Height, bool Cover);

/// <summary>What became of it. The bytes of the previews follow.</summary>
/// <param name="Refused">Why there is none; null: there are.</param>
/// <param name="Previews">In the order of their bytes.</param>
internal sealed record WorkerAnswer(string? Refused, PreviewLength[] Previews)
{
    public const string NotAnImage = "format";
    public const string TooLarge = "size";
    public const string Damaged = "damaged";
}

/// <summary>One preview.</summary>
/// <param name="Preset">Its name.</param>
/// <param name="Length">In bytes.</param>
internal sealed record PreviewLength(string Preset, int Length);

/// <summary>Messages are lines of JSON. What follows them is as long as they say.</summary>
[JsonSerializable(typeof(WorkerGreeting))]
[JsonSerializable(typeof(WorkerJob))]
[JsonSerializable(typeof(WorkerAnswer))]
internal sealed partial class WorkerMessages : JsonSerializerContext
{
    /// <summary>The longest line.</summary>
    public const int MaxLineBytes = 16 << 10;

    /// <summary>The largest preview.</summary>
    public const int MaxPreviewBytes = 4 << 20;
}
