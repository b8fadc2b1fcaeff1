using System.Text;
using Attachments.Application.Previews;
using Attachments.Domain.Content;

namespace Attachments.UnitTests.Previews;

internal sealed class PreviewNameTests
{
    [TestCase("photo.png", "photo.jpg")]
    [TestCase("photo.JPG", "photo.jpg")]
    [TestCase("a.b.heic", "a.b.jpg")]
    [TestCase("photo", "photo.jpg")]
    [TestCase(".hidden", ".hidden.jpg")]
    [TestCase("photo.", "photo.jpg")]
    public void Is_that_of_the_file_with_the_extension_of_a_JPEG(string name, string expected) =>
        PreviewName.For(FileName.From(name)).Value.ShouldBe(expected);

    [Test]
    public void Is_no_longer_than_a_name_may_be()
    {
        var name = PreviewName.For(FileName.From(string.Concat(Enumerable.Repeat("😀", 63)))).Value;
        Encoding.UTF8.GetByteCount(name).ShouldBeLessThanOrEqualTo(FileName.MaxBytes);
        name.ShouldBe(string.Concat(Enumerable.Repeat("😀", 62)) + ".jpg");
    }
}
