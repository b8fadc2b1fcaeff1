using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Attachments.Application.Previews;
using NetVips;

namespace Attachments.Infrastructure.Previews.Worker;

/// <summary>Makes previews of an image with libvips, of which only the loaders of <see cref="ImageFormat"/> may run.</summary>
internal static class ImageDecoder
{
    private const int Quality = 80;
    private const int White = 255;
    private const string Srgb = "srgb";

    /// <summary>
    /// Loads the library. NetVips asks the system for a library of the name <c>libvips.so.42</c>, which is this one if it is loaded already.
    /// </summary>
    /// <param name="bundled">Whether to load the one that comes with the program; else the one that is installed.</param>
    /// <returns>Its version and what it can load.</returns>
    public static (string Engine, string[] Loaders) Load(bool bundled)
    {
        if (bundled)
        {
            var processor = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
            NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, "libvips", $"linux-{processor}", "libvips.so.42"));
        }

        return Initialize();
    }

    /// <summary>A method of its own, since NetVips looks for the library as soon as one that uses it is compiled.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (string Engine, string[] Loaders) Initialize()
    {
        Operation.Block("VipsForeign", true);
        foreach (var name in Enum.GetValues<ImageFormat>().Select(LoaderClass).Append("VipsForeignSaveJpeg"))
        {
            Operation.Block(name, false);
        }

        Cache.Max = 0;
        Rehearse();
        var version = string.Join('.', Enumerable.Range(0, 3).Select(part => NetVips.NetVips.Version(part)));
        return (version, [.. Enum.GetValues<ImageFormat>().Select(Loader).Where(IsThere)]);
    }

    /// <summary>Decodes the image once, for the wanted preset, and makes the smaller ones of that.</summary>
    /// <exception cref="ImageRefusedException">There is no preview of it.</exception>
    /// <exception cref="VipsException">It cannot be decoded.</exception>
    public static IEnumerable<(string Preset, byte[] Content)> Render(byte[] bytes, WorkerJob job)
    {
        var format = ImageFormats.Detect(bytes) ?? throw new ImageRefusedException(WorkerAnswer.NotAnImage);
        var size = MeasureUpright(bytes, job.MaxPixels);
        var wanted = PreviewGeometry.Fit(size, job.Presets.Single(preset => preset.Name == job.Wanted));
        using var scaled = Decode(bytes, GetLoaderOptions(format, size, wanted.Scaled), wanted.Scaled);
        foreach (var preset in job.Presets)
        {
            var geometry = PreviewGeometry.Fit(size, preset);
            if (geometry.Scaled.Width <= wanted.Scaled.Width && geometry.Scaled.Height <= wanted.Scaled.Height)
            {
                yield return (preset.Name, Encode(scaled, geometry));
            }
        }
    }

    /// <summary>Shows that images can be made here, and has the code for it compiled before one is waited for.</summary>
    private static void Rehearse()
    {
        using var black = Image.Black(2, 2);
        var job = new WorkerJob("", [new PresetSize("", 1, 1, Cover: true)], MaxPixels: 4, Length: 0);
        _ = Render(black.JpegsaveBuffer(), job).Single();
    }

    private static PixelSize MeasureUpright(byte[] bytes, long maxPixels)
    {
        using var source = Source.NewFromMemory(bytes);
        using var header = Image.NewFromSource(source, access: Enums.Access.Sequential);
        if ((long)header.Width * header.Height > maxPixels)
        {
            throw new ImageRefusedException(WorkerAnswer.TooLarge);
        }

        var isTurned = header.Contains("orientation") && (int)header.Get("orientation") >= 5;
        return isTurned ? new PixelSize(header.Height, header.Width) : new PixelSize(header.Width, header.Height);
    }

    /// <summary>A JPEG can be decoded at a fraction of its size. Twice what is wanted is left, which is scaled with more care.</summary>
    private static VOption GetLoaderOptions(ImageFormat format, PixelSize image, PixelSize wanted)
    {
        var factor = Math.Min((double)image.Width / wanted.Width, (double)image.Height / wanted.Height);
        var shrink = factor >= 16 ? 8 : factor >= 8 ? 4 : factor >= 4 ? 2 : 1;
        return format == ImageFormat.Jpeg && shrink > 1 ? new VOption { { "shrink", shrink } } : [];
    }

    /// <summary>
    /// Upright, sRGB, opaque, in memory. The image is loaded by a call of its own, since <c>thumbnail_source</c> passes over what is cut off.
    /// </summary>
    private static Image Decode(byte[] bytes, VOption loaderOptions, PixelSize size)
    {
        using var source = Source.NewFromMemory(bytes);
        using var loaded = Image.NewFromSource(
            source, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error, kwargs: loaderOptions);
        var options = new VOption
        {
            { "height", size.Height },
            { "size", Enums.Size.Force },
            { "export_profile", Srgb }, // The name that all versions know.
        };
        using var scaled = (Image)Operation.Call("thumbnail_image", options, loaded, size.Width);
        using var coloured = scaled.Interpretation == Enums.Interpretation.Srgb
            ? scaled.Copy()
            : scaled.Colourspace(Enums.Interpretation.Srgb);
        using var opaque = coloured.HasAlpha() ? coloured.Flatten(background: [White, White, White]) : coloured.Copy();
        using var whole = opaque.Cast(Enums.BandFormat.Uchar);
        return whole.CopyMemory();
    }

    private static byte[] Encode(Image image, PreviewGeometry geometry)
    {
        using var scaled = image.Width == geometry.Scaled.Width && image.Height == geometry.Scaled.Height
            ? image.Copy()
            : image.ThumbnailImage(geometry.Scaled.Width, height: geometry.Scaled.Height, size: Enums.Size.Force, noRotate: true);
        using var cut = scaled.ExtractArea(geometry.Left, geometry.Top, geometry.Cut.Width, geometry.Cut.Height);
        return cut.JpegsaveBuffer(q: Quality, keep: Enums.ForeignKeep.None, optimizeCoding: true);
    }

    private static bool IsThere(string loader) => NetVips.NetVips.TypeFind("VipsOperation", $"{loader}load_source") != 0;

    private static string Loader(ImageFormat format) => format.ToString().ToLowerInvariant();

    private static string LoaderClass(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "VipsForeignLoadJpeg",
        ImageFormat.Png => "VipsForeignLoadPng",
        ImageFormat.Webp => "VipsForeignLoadWebp",
        ImageFormat.Gif => "VipsForeignLoadNsgif",
        ImageFormat.Tiff => "VipsForeignLoadTiff",
        ImageFormat.Heif => "VipsForeignLoadHeif",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}
