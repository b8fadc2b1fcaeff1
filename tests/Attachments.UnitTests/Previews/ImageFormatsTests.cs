using System.Text;
using Attachments.Application.Previews;

namespace Attachments.UnitTests.Previews;

internal sealed class ImageFormatsTests
{
    [TestCase("ffd8ffe0", ImageFormat.Jpeg)]
    [TestCase("89504e470d0a1a0a", ImageFormat.Png)]
    [TestCase("524946460000000057454250", ImageFormat.Webp)]
    [TestCase("474946383761", ImageFormat.Gif)]
    [TestCase("474946383961", ImageFormat.Gif)]
    [TestCase("49492a0008000000", ImageFormat.Tiff)]
    [TestCase("4d4d002a00000008", ImageFormat.Tiff)]
    [TestCase("49492b0008000000", ImageFormat.Tiff)]
    public void Are_told_by_their_first_bytes(string bytes, ImageFormat format) =>
        ImageFormats.Detect(Convert.FromHexString(bytes)).ShouldBe(format);

    [TestCase("avif", ImageFormat.Heif)]
    [TestCase("heic", ImageFormat.Heif)]
    [TestCase("mif1", ImageFormat.Heif)]
    [TestCase("mp42", null)]
    [TestCase("crx ", null)]
    [TestCase("qt  ", null)]
    public void Of_ISO_media_are_told_by_their_brand(string brand, ImageFormat? format) =>
        ImageFormats.Detect([0, 0, 0, 24, .. "ftyp"u8, .. Encoding.ASCII.GetBytes(brand), 0, 0, 0, 0]).ShouldBe(format);

    [TestCase("")]
    [TestCase("ff")]
    [TestCase("ffd8")]
    [TestCase("00000018667479")]
    [TestCase("0000001866747970")]
    [TestCase("524946460000000041564920")]
    public void Of_something_else_are_none(string bytes) => ImageFormats.Detect(Convert.FromHexString(bytes)).ShouldBeNull();

    [TestCase("<svg xmlns=\"http://www.w3.org/2000/svg\"/>")]
    [TestCase("%!PS-Adobe-3.0")]
    [TestCase("%PDF-1.7")]
    [TestCase("8BPS")]
    [TestCase("push graphic-context")]
    [TestCase("P6 1 1 255 ")]
    [TestCase("BM")]
    [TestCase("#?RADIANCE")]
    public void Of_what_some_programs_take_for_an_image_are_none(string text) => ImageFormats.Detect(Encoding.ASCII.GetBytes(text)).ShouldBeNull();

    [TestCase(true)]
    [TestCase(false)]
    public void Of_raw_files_are_none(bool little)
    {
        ImageFormats.Detect(MakeTiff(little, (50706, 0x01040000))).ShouldBeNull("a digital negative");
        ImageFormats.Detect(MakeTiff(little, (254, 1))).ShouldBeNull("its first image is a reduced one");
        ImageFormats.Detect(MakeTiff(little, (254, 0), (256, 40))).ShouldBe(ImageFormat.Tiff);
        ImageFormats.Detect([.. "II*\0"u8, 16, 0, 0, 0, .. "CR"u8, 2, 0, 0, 0, 0, 0, 0, 0]).ShouldBeNull("Canon's");
    }

    [TestCase("49492a00ffffffff0000000000000000")]
    [TestCase("49492a00feffff7f0000000000000000")]
    [TestCase("49492a000c00000000000000ffff0000")]
    public void Of_TIFF_are_told_without_a_directory(string bytes) =>
        ImageFormats.Detect(Convert.FromHexString(bytes)).ShouldBe(ImageFormat.Tiff);

    private static byte[] MakeTiff(bool little, params (int Tag, int Value)[] entries)
    {
        var tiff = new List<byte>(little ? "II"u8.ToArray() : "MM"u8.ToArray());
        void Add(int value, int bytes)
        {
            var number = Enumerable.Range(0, bytes).Select(index => (byte)(value >> (8 * index)));
            tiff.AddRange(little ? number : number.Reverse());
        }

        Add(42, 2);
        Add(8, 4);
        Add(entries.Length, 2);
        foreach (var (tag, value) in entries)
        {
            Add(tag, 2);
            Add(4, 2);
            Add(1, 4);
            Add(value, 4);
        }

        Add(0, 4);
        return [.. tiff];
    }
}
