using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NetVips;

namespace Attachments.FunctionalTests.Previews;

/// <summary>Images made for tests: good ones by libvips, bad ones by hand.</summary>
internal static class TestImages
{
    /// <summary>To be called before anything else here, since NetVips looks for the library as soon as its first user is compiled.</summary>
    public static void LoadLibrary()
    {
        var processor = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, "libvips", $"linux-{processor}", "libvips.so.42"));
    }

    /// <summary>Red, green, blue and grey quarters, in this order, with the metadata of a camera.</summary>
    /// <param name="format">A suffix that libvips knows.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="orientation">1 to 8: how the pixels are stored. Seen upright, the image is always the same.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte[] Make(string format, int width, int height, int orientation = 1)
    {
        using var upright = MakeQuarters(width, height);
        using var stored = Store(upright, orientation);
        using var described = stored.Mutate(image =>
        {
            image.Set(GValue.GIntType, "orientation", orientation);
            image.Set(GValue.GStrType, "exif-ifd0-Make", "Camera (Camera, ASCII, 7 components, 7 bytes)");
            image.Set(GValue.GStrType, "exif-ifd3-GPSLatitude", "48/1 12/1 30/1 (48, 12, 30, Rational, 3 components, 24 bytes)");
            image.Set(GValue.GStrType, "exif-ifd3-GPSLatitudeRef", "N (N, ASCII, 2 components, 2 bytes)");
        });
        return described.WriteToBuffer(format);
    }

    /// <summary>The colours in the middle of the quarters of an image, and its size.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static (int Width, int Height, double[][] Quarters, int Bands) Look(byte[] jpeg)
    {
        using var image = Image.NewFromBuffer(jpeg);
        var (left, right, upper, lower) = (image.Width / 4, image.Width * 3 / 4, image.Height / 4, image.Height * 3 / 4);
        double[][] quarters = [image.Getpoint(left, upper), image.Getpoint(right, upper), image.Getpoint(left, lower), image.Getpoint(right, lower)];
        return (image.Width, image.Height, quarters, image.Bands);
    }

    /// <summary>The largest difference of a pixel of two images of one size.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Compare(byte[] one, byte[] other)
    {
        using var first = Image.NewFromBuffer(one);
        using var second = Image.NewFromBuffer(other);
        using var difference = first - second;
        using var absolute = difference.Abs();
        return absolute.Max();
    }

    /// <summary>Transparent on the left, blue on the right.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte[] MakeTransparent()
    {
        using var clear = Fill(100, 100, [255, 0, 0, 0]);
        using var blue = Fill(100, 100, [0, 0, 255, 255]);
        using var both = clear.Join(blue, Enums.Direction.Horizontal);
        return both.PngsaveBuffer();
    }

    /// <summary>Pixels like no other, so that a decoder has something to do.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte[] MakeNoise(string format, int width, int height)
    {
        using var noise = Image.Gaussnoise(width, height, mean: 128, sigma: 40);
        using var bytes = noise.Cast(Enums.BandFormat.Uchar);
        using var colours = bytes.Bandjoin(bytes, bytes).Copy(interpretation: Enums.Interpretation.Srgb);
        return colours.WriteToBuffer(format);
    }

    /// <summary>A PNG that cannot be decoded but in one piece.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte[] MakeInterlaced(int side)
    {
        using var black = Image.Black(side, side, bands: 4);
        return black.PngsaveBuffer(interlace: true, compression: 1);
    }

    /// <summary>The first is red, the others are blue.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte[] MakeFrames(string format)
    {
        using var red = Fill(40, 30, [255, 0, 0]);
        using var blue = Fill(40, 60, [0, 0, 255]);
        using var all = red.Join(blue, Enums.Direction.Vertical);
        using var paged = all.Mutate(image => image.Set(GValue.GIntType, "page-height", 30));
        return paged.WriteToBuffer(format);
    }

    /// <summary>A JPEG that says that it is larger than it is.</summary>
    public static byte[] Claim(byte[] jpeg, int width, int height)
    {
        var bomb = (byte[])jpeg.Clone();
        var frame = bomb.AsSpan().IndexOf([(byte)0xff, (byte)0xc0]);
        BinaryPrimitives.WriteUInt16BigEndian(bomb.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(bomb.AsSpan(frame + 7), (ushort)width);
        return bomb;
    }

    /// <summary>A whole PNG of black pixels.</summary>
    public static byte[] MakeBlackPng(int side, byte colourType)
    {
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), side);
        (header[8], header[9]) = (colourType == 0 ? (byte)1 : (byte)8, colourType);
        WriteChunk(png, "IHDR"u8, header);
        using var data = new MemoryStream();
        using (var deflate = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            var row = new byte[1 + (colourType == 0 ? (side + 7) / 8 : 4 * side)];
            for (var y = 0; y < side; y++)
            {
                deflate.Write(row);
            }
        }

        WriteChunk(png, "IDAT"u8, data.ToArray());
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    /// <summary>A GIF of many frames of one pixel.</summary>
    public static byte[] MakeGif(int frames)
    {
        using var gif = new MemoryStream();
        gif.Write("GIF89a"u8);
        gif.Write([1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255]);
        for (var i = 0; i < frames; i++)
        {
            gif.Write([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
        }

        gif.WriteByte(0x3b);
        return gif.ToArray();
    }

    /// <summary>A TIFF of many directories of one entry, each of which names the next.</summary>
    public static byte[] MakeTiff(int directories)
    {
        const int DirectoryBytes = 18;
        var tiff = new byte[8 + (directories * DirectoryBytes)];
        "II*\0"u8.CopyTo(tiff);
        BinaryPrimitives.WriteInt32LittleEndian(tiff.AsSpan(4), 8);
        for (var i = 0; i < directories; i++)
        {
            var directory = tiff.AsSpan(8 + (i * DirectoryBytes));
            BinaryPrimitives.WriteInt16LittleEndian(directory, 1);
            BinaryPrimitives.WriteInt16LittleEndian(directory[2..], 256);
            BinaryPrimitives.WriteInt16LittleEndian(directory[4..], 3);
            BinaryPrimitives.WriteInt32LittleEndian(directory[6..], 1);
            BinaryPrimitives.WriteInt32LittleEndian(directory[10..], 16);
            BinaryPrimitives.WriteInt32LittleEndian(directory[14..], i + 1 < directories ? 8 + ((i + 1) * DirectoryBytes) : 0);
        }

        return tiff;
    }

    private static Image Fill(int width, int height, double[] colour)
    {
        using var black = Image.Black(width, height, bands: colour.Length);
        using var filled = black + colour;
        using var bytes = filled.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    private static Image MakeQuarters(int width, int height)
    {
        var (right, lower) = (width - (width / 2), height - (height / 2));
        using var red = Fill(width / 2, height / 2, [230, 20, 20]);
        using var green = Fill(right, height / 2, [20, 200, 20]);
        using var blue = Fill(width / 2, lower, [20, 20, 220]);
        using var grey = Fill(right, lower, [120, 120, 120]);
        using var top = red.Join(green, Enums.Direction.Horizontal);
        using var bottom = blue.Join(grey, Enums.Direction.Horizontal);
        return top.Join(bottom, Enums.Direction.Vertical);
    }

    /// <summary>What a camera stores that is held in another way: the inverse of what a viewer does.</summary>
    private static Image Store(Image upright, int orientation) => orientation switch
    {
        1 => upright.Copy(),
        2 => upright.FlipHor(),
        3 => upright.Rot180(),
        4 => upright.FlipVer(),
        5 => upright.Rot90().FlipHor(),
        6 => upright.Rot270(),
        7 => upright.Rot270().FlipHor(),
        8 => upright.Rot90(),
        _ => throw new ArgumentOutOfRangeException(nameof(orientation)),
    };

    private static void WriteChunk(Stream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        byte[] content = [.. type, .. data];
        png.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(content));
        png.Write(number);
    }
}
