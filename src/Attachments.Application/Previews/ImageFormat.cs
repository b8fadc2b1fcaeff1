using System.Buffers.Binary;

namespace Attachments.Application.Previews;

/// <summary>The formats that previews are made of. A file is what its first bytes say, whatever its name and its stored type.</summary>
public enum ImageFormat
{
    Jpeg,
    Png,
    Webp,
    Gif,
    Tiff,
    Heif,
}

/// <summary>Tells the format of a file.</summary>
public static class ImageFormats
{
    private const int MaxTags = 512;
    private const ushort NewSubfileType = 254;
    private const ushort DngVersion = 50706;

    private static readonly string[] HeifBrands = ["avif", "avis", "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];

    /// <returns>Null: none that previews are made of.</returns>
    public static ImageFormat? Detect(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xff, 0xd8, 0xff, ..] => ImageFormat.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => ImageFormat.Png,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => ImageFormat.Webp,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => ImageFormat.Gif,
        [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => IsRaw(bytes) ? null : ImageFormat.Tiff,
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => IsHeif(bytes) ? ImageFormat.Heif : null,
        _ => null,
    };

    private static bool IsHeif(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 12 && HeifBrands.Contains(System.Text.Encoding.ASCII.GetString(bytes[8..12]));

    /// <summary>
    /// A camera's raw file looks like a TIFF. Its first image is a reduced one, or it says that it is a digital negative, or Canon signs it.
    /// </summary>
    private static bool IsRaw(ReadOnlySpan<byte> bytes)
    {
        var isLittle = bytes[0] == 'I';
        if (bytes.Length < 16 || bytes[isLittle ? 2 : 3] != 42)
        {
            return false;
        }

        if (bytes[8..10].SequenceEqual("CR"u8))
        {
            return true;
        }

        var directory = Number32(bytes, 4, isLittle);
        var count = Math.Min(Number16(bytes, directory, isLittle), MaxTags);
        for (var index = 0; index < count; index++)
        {
            var entry = directory + 2 + (12L * index);
            var tag = Number16(bytes, entry, isLittle);
            if (tag == DngVersion || (tag == NewSubfileType && (Number32(bytes, entry + 8, isLittle) & 1) == 1))
            {
                return true;
            }
        }

        return false;
    }

    private static int Number16(ReadOnlySpan<byte> bytes, long offset, bool isLittle) =>
        offset > bytes.Length - 2 ? 0
        : isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(int)offset..])
        : BinaryPrimitives.ReadUInt16BigEndian(bytes[(int)offset..]);

    private static long Number32(ReadOnlySpan<byte> bytes, long offset, bool isLittle) =>
        offset > bytes.Length - 4 ? 0
        : isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)offset..])
        : BinaryPrimitives.ReadUInt32BigEndian(bytes[(int)offset..]);
}
