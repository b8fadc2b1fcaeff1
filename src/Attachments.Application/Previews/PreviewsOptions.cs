namespace Attachments.Application.Previews;

/// <summary>The section <c>Previews</c>.</summary>
public sealed class PreviewsOptions
{
    public const string Section = "Previews";

    /// <summary>
    /// Whether previews are made. Null: where both stages of the sandbox hold; in Development, where the first one does. Without the first
    /// stage none are made, whatever is set here.
    /// </summary>
    public bool? Enabled { get; init; }

    /// <summary>The library that decodes images.</summary>
    public LibvipsSource Libvips { get; init; }

    /// <summary>The sizes, by name. If any are configured, there are no others.</summary>
    public Dictionary<string, PreviewPreset> Presets { get; init; } = [];

    /// <summary>The largest file that a preview is made of, in bytes.</summary>
    public long MaxSourceBytes { get; init; } = 64 << 20;

    /// <summary>The most pixels of an image that a preview is made of.</summary>
    public long MaxPixels { get; init; } = 250_000_000;

    /// <summary>The memory that a decoder may write to, in bytes.</summary>
    public long MaxMemoryBytes { get; init; } = 512 << 20;

    /// <summary>How long a decoder may work on one image, and how much time of the processor it may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a request waits for a preview that is being made.</summary>
    public TimeSpan WaitFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many images are decoded at a time.</summary>
    public int Concurrency { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How many more images may wait for it.</summary>
    public int Queue { get; init; } = 64;

    private static readonly Dictionary<string, PreviewPreset> Defaults = new(StringComparer.Ordinal)
    {
        ["thumb"] = new() { Width = 160, Height = 160, Fit = PreviewFit.Cover },
        ["small"] = new() { Width = 480, Height = 480 },
        ["large"] = new() { Width = 1600, Height = 1600 },
    };

    /// <summary>The sizes that can be asked for.</summary>
    public IReadOnlyDictionary<string, PreviewPreset> GetPresets() => Presets.Count > 0 ? Presets : Defaults;
}

/// <summary>The size of a preview.</summary>
public sealed class PreviewPreset
{
    /// <summary>In pixels.</summary>
    public int Width { get; init; }

    /// <summary>In pixels.</summary>
    public int Height { get; init; }

    public PreviewFit Fit { get; init; }
}

/// <summary>How an image fits a size. It is never enlarged.</summary>
public enum PreviewFit
{
    /// <summary>All of it is in the preview, which can be narrower or lower than the size.</summary>
    Inside,

    /// <summary>It fills the size; what is over on two sides is cut off.</summary>
    Cover,
}

/// <summary>Where the library that decodes images comes from.</summary>
public enum LibvipsSource
{
    /// <summary>It comes with the service. It does not read HEIC.</summary>
    Bundled,

    /// <summary>It is installed on the machine (<c>libvips.so.42</c>).</summary>
    System,
}
