using Attachments.Api.Http.Media;

namespace Attachments.UnitTests.Http.Media;

public sealed class MediaTypesTests
{
    [TestCase("image/png", "image/png")]
    [TestCase(" Image/PNG ; charset=\"", "image/png")]
    [TestCase("application/vnd.api+json;ext=x", "application/vnd.api+json")]
    public void Takes_type_and_subtype(string contentType, string mediaType) => MediaTypes.Parse(contentType).ShouldBe(mediaType);

    [TestCase(null)]
    [TestCase("")]
    [TestCase("png")]
    [TestCase("/png")]
    [TestCase("image/")]
    [TestCase("image/png/x")]
    [TestCase("image /png")]
    [TestCase("image/png, text/plain")]
    [TestCase("imäge/png")]
    public void Is_null_for_what_is_no_media_type(string? contentType) => MediaTypes.Parse(contentType).ShouldBeNull();

    [Test]
    public void Is_null_for_a_longer_one_than_is_believed()
    {
        MediaTypes.Parse("a/" + new string('b', MediaTypes.MaxLength - 2)).ShouldNotBeNull();
        MediaTypes.Parse("a/" + new string('b', MediaTypes.MaxLength - 1)).ShouldBeNull();
    }
}
