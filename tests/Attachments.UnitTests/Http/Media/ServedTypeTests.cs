using Attachments.Api.Http.Media;
using Attachments.Testing.Http;
using FsCheck;
using FsCheck.Fluent;

namespace Attachments.UnitTests.Http.Media;

internal sealed class ServedTypeTests
{
    [TestCase("image/png")]
    [TestCase("Image/PNG")]
    [TestCase("text/plain; charset=utf-8")]
    [TestCase("text/plain;charset=\"utf-8\"")]
    [TestCase("text/plain;\tcharset=utf-8")]
    [TestCase("text/plain\t;\t a=b;")]
    [TestCase("text/plain ; a=b;;c=\"\\\"\";")]
    [TestCase("application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [TestCase("application/ld+json; profile=\"https://example.org/a b\"")]
    public void Is_the_stored_one_where_that_is_a_media_type(string type) => ServedType.Sanitize(type).ShouldBe(type);

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("png")]
    [TestCase("image/")]
    [TestCase("/png")]
    [TestCase("image//png")]
    [TestCase("image/png, text/html")]
    [TestCase("image /png")]
    [TestCase("image/png text/html")]
    [TestCase("image/p\u00f1g")]
    [TestCase("image/png\r\nX-Evil: 1")]
    [TestCase("image/png\n")]
    [TestCase("image/png\0")]
    [TestCase("image/png\t")]
    [TestCase("text/plain; charset=\"a\u0001\"")]
    [TestCase("text/plain; charset=\"\u00e9\"")]
    [TestCase("text/plain; charset")]
    [TestCase("text/plain; charset=\"utf-8")]
    [TestCase("text/plain; charset = utf-8")]
    [TestCase(" text/plain")]
    [TestCase("text/plain ")]
    [TestCase("text/plain; a=\"\\\"")]
    [TestCase("*/*")]
    [TestCase("image/*")]
    public void Is_unknown_for_anything_else(string type) => ServedType.Sanitize(type).ShouldBe("application/octet-stream");

    [Test]
    public void Is_told_quickly_for_a_type_of_many_spaces() =>
        ServedType.Sanitize("text/plain" + string.Concat(Enumerable.Repeat(";        ", 2000)) + "/").ShouldBe("application/octet-stream");

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Is_always_fit_for_a_header() => Prop.ForAll(
        MutatedText.Mutate(
            ["image/png", "text/plain; charset=\"utf-8\""],
            ["/", ";", ",", "=", "\"", "\\", " ", "\t", "\r\n", "\0", "\u007f", "\u00e9", "a", "*"])
            .ToArbitrary(),
        type => ServedType.Sanitize(type).ShouldMatch(@"\A[!#$&+.^_0-9A-Za-z-]+/[!#$&+.^_0-9A-Za-z-]+([ \t]*;[\t -~]*)?\z", type));
}
