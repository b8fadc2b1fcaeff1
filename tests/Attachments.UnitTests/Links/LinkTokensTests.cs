using Attachments.Api.Links;
using Attachments.Application.Access;
using Attachments.Application.Links;
using Attachments.Application.Text;
using Attachments.Domain.Content;
using Attachments.Testing;

namespace Attachments.UnitTests.Links;

public sealed class LinkTokensTests
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static readonly Guid Maker = Guid.Parse("0195d2b0-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset Expiry = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private readonly LinkTokens tokens = new(
        new LinkKeys(new LinksOptions { Keys = [new LinkKeyOptions { Id = "2026-11", Value = Key }] }), new ManualTime(Expiry.AddHours(-1)));

    /// <summary>
    /// A test vector for those who sign elsewhere: header <c>{"alg":"HS256","kid":"2026-11","typ":"link+jwt"}</c>, and the claims in the
    /// order of the README.
    /// </summary>
    [Test]
    public async Task Signs_and_verifies_the_test_vector()
    {
        const string vector =
            "eyJhbGciOiJIUzI1NiIsImtpZCI6IjIwMjYtMTEiLCJ0eXAiOiJsaW5rK2p3dCJ9.eyJodG0iOiJHRVQiLCJodHUiOiIvdjEvdXBsb2FkZWQtZ"
            + "mlsZS9hdHRhY2htZW50XzUvcGhvdG8uanBnIiwiZXhwIjoxODAwMDAwMDAwLCJzdWIiOiIwMTk1ZDJiMC0wMDAwLTcwMDAtODAwMC0wMDAwMDA"
            + "wMDAwMDEifQ.SI-C4CfMV41beFFGVZdaaUq0x-BvHur-XaAhlUFZhFc";
        var granted = new GrantedRequest(Maker, "GET", "/v1/uploaded-file/attachment_5/photo.jpg", Expiry);
        tokens.Sign(granted).ShouldBe(vector);
        (await tokens.Verify(vector)).ShouldBe(granted);
    }

    [Test]
    public async Task Carries_every_claim()
    {
        var download = new GrantedRequest(Maker, "GET", "/a%2Fb?", Expiry)
        {
            LinkId = Guid.NewGuid(),
            Sha256 = new string('a', 64),
            Inline = true,
            FileName = FileName.From("ü \"b\".png"),
            IsPublic = true,
        };
        (await tokens.Verify(tokens.Sign(download))).ShouldBe(download);
        var upload = new GrantedRequest(Maker, "PUT", "/a", Expiry) { MaxBytes = 0, MediaType = "image/*", CreateOnly = true };
        (await tokens.Verify(tokens.Sign(upload))).ShouldBe(upload);
    }

    [TestCase("2026-11-27T12:00:00Z", 300, "2026-11-27T12:00:00Z")]
    [TestCase("2026-11-27T12:00:00.001Z", 300, "2026-11-27T12:05:00Z")]
    [TestCase("2026-11-27T12:04:59Z", 300, "2026-11-27T12:05:00Z")]
    [TestCase("2026-11-27T12:00:00.5Z", 0, "2026-11-27T12:00:01Z")]
    public void Ends_at_a_multiple_of_the_rounding(string end, int rounding, string expected) =>
        LinkLifetime.RoundUp(DateTimeOffset.Parse(end, null), TimeSpan.FromSeconds(rounding)).ShouldBe(DateTimeOffset.Parse(expected, null));

    [TestCase("image/*", "image/png; a=b", true)]
    [TestCase("image/*", "IMAGE/PNG", true)]
    [TestCase("image/*", "imagex/png", false)]
    [TestCase("image/png", "image/png ;q", true)]
    [TestCase("image/png", "image/pngx", false)]
    [TestCase("*/*", "", true)]
    public void A_range_of_media_types_includes_what_it_says(string range, string mediaType, bool expected) =>
        MediaTypeRange.Includes(range, mediaType).ShouldBe(expected);
}
