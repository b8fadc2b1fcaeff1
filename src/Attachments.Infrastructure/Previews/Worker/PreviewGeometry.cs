namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>How an image becomes a preview: it is scaled down, and then cut out of its centre.</summary>
/// <param name="Scaled">The size of the whole image, scaled.</param>
/// <param name="Cut">What is left of it.</param>
internal readonly record struct PreviewGeometry(PixelSize Scaled, PixelSize Cut)
{
    /// <summary>The left edge of the cut.</summary>
    public int Left => (Scaled.Width - Cut.Width) / 2;

    /// <summary>The upper edge of the cut.</summary>
    public int Top => (Scaled.Height - Cut.Height) / 2;

    /// <summary>Never larger than the image. What is to cover a size keeps its aspect ratio even where the image is too small.</summary>
    /// <param name="image">The size of the image as it is seen.</param>
    /// <param name="preset">The size asked for.</param>
    public static PreviewGeometry Fit(PixelSize image, PresetSize preset)
    {
        var (across, down) = ((double)preset.Width / image.Width, (double)preset.Height / image.Height);
        var scaled = image.Scale(Math.Min(1, preset.Cover ? Math.Max(across, down) : Math.Min(across, down)));
        if (!preset.Cover)
        {
            return new PreviewGeometry(scaled, scaled);
        }

        var part = Math.Min(1, Math.Min((double)scaled.Width / preset.Width, (double)scaled.Height / preset.Height));
        return new PreviewGeometry(scaled, new PixelSize(preset.Width, preset.Height).Scale(part));
    }
}

/// <summary>A size in pixels.</summary>
/// <param name="Width">At least 1.</param>
/// <param name="Height">At least 1.</param>
internal readonly record struct PixelSize(int Width, int Height)
{
    public PixelSize Scale(double factor) => new(Scale(Width, factor), Scale(Height, factor));

    private static int Scale(int side, double factor) => Math.Max(1, (int)Math.Round(side * factor, MidpointRounding.AwayFromZero));
}
