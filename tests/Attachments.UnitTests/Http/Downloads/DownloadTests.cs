using Attachments.Api.Http.Downloads;
using Attachments.Api.Http.Errors;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using Attachments.Domain.Content;
using Microsoft.AspNetCore.Http;

namespace Attachments.UnitTests.Http.Downloads;

internal sealed class DownloadTests
{
    private const string Hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private const string Tag = $"\"{Hex}\"";
    private const string LastModified = "Sat, 01 Aug 2026 12:00:00 GMT";

    private static readonly DateTimeOffset Now = new(2026, 8, 2, 0, 0, 0, 500, TimeSpan.Zero);

    private static readonly StoredFile File = new(
        Guid.NewGuid(), FileName.From("photo.png"), "image/png", 1000, new byte[16], Convert.FromHexString(Hex),
        new DateTimeOffset(2026, 8, 1, 14, 0, 0, 987, TimeSpan.FromHours(2)));

    private static readonly Dictionary<string, string> FileHeaders = new()
    {
        ["Content-Type"] = "image/png",
        ["Content-Length"] = "1000",
        ["Content-Disposition"] = "attachment; filename=\"photo.png\"",
        ["ETag"] = Tag,
        ["Last-Modified"] = LastModified,
        ["Accept-Ranges"] = "bytes",
        ["Repr-Digest"] = "sha-256=:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=:",
        ["Cache-Control"] = "private, no-cache",
        ["X-Content-Type-Options"] = "nosniff",
        ["Content-Security-Policy"] = "default-src 'none'; sandbox",
        ["Date"] = "Sun, 02 Aug 2026 00:00:00 GMT",
    };

    [Test]
    public void Serves_the_whole_with_every_header()
    {
        var plan = Plan("GET");
        plan.Status.ShouldBe(200);
        plan.Body.ShouldBe(new ByteRange.Part(0, 999));
        Headers(plan).ShouldBe(FileHeaders, ignoreOrder: true);
    }

    [Test]
    public void Answers_HEAD_with_the_headers_of_GET_and_no_body()
    {
        var plan = Plan("HEAD");
        plan.Status.ShouldBe(200);
        plan.Body.ShouldBeNull();
        Headers(plan).ShouldBe(FileHeaders, ignoreOrder: true);
    }

    [Test]
    public void Serves_a_part_with_every_header()
    {
        var plan = Plan("GET", ("Range", "bytes=10-19"));
        plan.Status.ShouldBe(206);
        plan.Body.ShouldBe(new ByteRange.Part(10, 19));
        var expected = new Dictionary<string, string>(FileHeaders) { ["Content-Length"] = "10", ["Content-Range"] = "bytes 10-19/1000" };
        Headers(plan).ShouldBe(expected, ignoreOrder: true);
    }

    [Test]
    public void Serves_all_of_it_as_a_part_when_asked_so()
    {
        var plan = Plan("GET", ("Range", "bytes=-5000"));
        plan.Status.ShouldBe(206);
        plan.Headers.ContentRange.ToString().ShouldBe("bytes 0-999/1000");
    }

    [TestCase("bytes=10-19")]
    [TestCase("bytes=5000-")]
    [TestCase("bytes=-0")]
    public void Ignores_a_range_on_HEAD(string range)
    {
        var plan = Plan("HEAD", ("Range", range), ("If-Range", Tag));
        plan.Status.ShouldBe(200);
        Headers(plan).ShouldBe(FileHeaders, ignoreOrder: true);
    }

    [TestCase("bytes=1000-")]
    [TestCase("bytes=-0")]
    public void Refuses_a_range_that_holds_nothing_with_the_length_of_the_file(string range)
    {
        var refusal = Should.Throw<RangeNotSatisfiableException>(() => Plan("GET", ("Range", range)));
        refusal.Code.ShouldBe("range_not_satisfiable");
        refusal.ContentRange.ShouldBe("bytes */1000");
    }

    [TestCase("bytes=0-1,5-6")]
    [TestCase("bytes=9-3")]
    [TestCase("lines=1-2")]
    public void Serves_the_whole_where_the_range_does_not_count(string range)
    {
        var plan = Plan("GET", ("Range", range));
        plan.Status.ShouldBe(200);
        plan.Body.ShouldBe(new ByteRange.Part(0, 999));
        plan.Headers.ContainsKey("Content-Range").ShouldBeFalse();
    }

    [Test]
    public void Serves_an_empty_file()
    {
        var plan = new Download(Request("GET"), Downloadable.From(File with { Length = 0 }, "image/png", mayBeInline: false), granted: null, Now).Plan();
        plan.Status.ShouldBe(200);
        plan.Body.ShouldBeNull();
        plan.Headers.ContentLength.ShouldBe(0);
    }

    [TestCase(Tag, 206)]
    [TestCase(LastModified, 206)]
    [TestCase("W/" + Tag, 200)]
    [TestCase("\"other\"", 200)]
    [TestCase("Sat, 01 Aug 2026 12:00:01 GMT", 200)]
    public void Serves_a_part_only_of_the_file_that_If_Range_names(string ifRange, int status) =>
        Plan("GET", ("Range", "bytes=10-19"), ("If-Range", ifRange)).Status.ShouldBe(status);

    [Test]
    public void Serves_the_whole_of_a_changed_file_even_where_the_range_holds_nothing() =>
        Plan("GET", ("Range", "bytes=1000-"), ("If-Range", "\"other\"")).Status.ShouldBe(200);

    [Test]
    public void Ignores_If_Range_without_a_range() => Plan("GET", ("If-Range", "\"other\"")).Status.ShouldBe(200);

    [TestCase("GET", "If-None-Match", Tag)]
    [TestCase("HEAD", "If-None-Match", "W/" + Tag)]
    [TestCase("GET", "If-Modified-Since", LastModified)]
    [TestCase("HEAD", "If-Modified-Since", "Fri, 01 Jan 2038 00:00:00 GMT")]
    public void Says_not_modified_with_the_version_alone(string method, string field, string value)
    {
        var plan = Plan(method, (field, value), ("Range", "bytes=5000-"));
        plan.Status.ShouldBe(304);
        plan.Body.ShouldBeNull();
        string[] kept = ["ETag", "Last-Modified", "Cache-Control", "Date"];
        Headers(plan).ShouldBe(FileHeaders.Where(header => kept.Contains(header.Key)), ignoreOrder: true);
    }

    [TestCase("GET")]
    [TestCase("HEAD")]
    public void Fails_on_a_precondition_before_it_looks_at_the_range(string method) =>
        Should.Throw<PreconditionFailedException>(() => Plan(method, ("If-Match", "\"other\""), ("Range", "bytes=5000-")))
            .Code.ShouldBe("precondition_failed");

    [Test]
    public void Never_dates_a_file_after_the_answer()
    {
        var plan = new Download(Request("GET"), Downloadable.From(File with { StoredAt = Now.AddHours(1) }, "image/png", mayBeInline: false), granted: null, Now).Plan();
        plan.Headers.LastModified.ToString().ShouldBe("Sun, 02 Aug 2026 00:00:00 GMT");
        plan.Headers.Date.ShouldBe(plan.Headers.LastModified);
    }

    [TestCase("image/png", true, "?disposition=inline", "inline; filename=\"photo.png\"")]
    [TestCase("image/png", true, "?disposition=INLINE", "inline; filename=\"photo.png\"")]
    [TestCase("image/png", true, "", "attachment; filename=\"photo.png\"")]
    [TestCase("image/png", true, "?disposition=attachment", "attachment; filename=\"photo.png\"")]
    [TestCase("image/png", true, "?disposition=form-data", "attachment; filename=\"photo.png\"")]
    [TestCase("image/png", true, "?disposition=inline&disposition=inline", "attachment; filename=\"photo.png\"")]
    [TestCase("image/png", false, "?disposition=inline", "attachment; filename=\"photo.png\"")]
    [TestCase("image/svg+xml", true, "?disposition=inline", "attachment; filename=\"photo.png\"")]
    [TestCase("image/png\r\n", true, "?disposition=inline", "attachment; filename=\"photo.png\"")]
    public void Shows_in_place_only_what_may_be(string type, bool mayBeInline, string query, string expected)
    {
        var request = Request("GET");
        request.QueryString = new QueryString(query);
        new Download(request, Downloadable.From(File, type, mayBeInline), granted: null, Now).Plan().Headers.ContentDisposition.ToString().ShouldBe(expected);
    }

    [Test]
    public void Serves_the_type_it_is_told_and_not_the_stored_one() =>
        new Download(Request("GET"), Downloadable.From(File, "application/octet-stream", mayBeInline: false), granted: null, Now).Plan()
            .Headers.ContentType.ToString().ShouldBe("application/octet-stream");

    private static DownloadPlan Plan(string method, params (string Field, string Value)[] fields) =>
        new Download(Request(method, fields), Downloadable.From(File, "image/png", mayBeInline: false), granted: null, Now).Plan();

    private static HttpRequest Request(string method, params (string Field, string Value)[] fields)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        foreach (var (field, value) in fields)
        {
            request.Headers[field] = value;
        }

        return request;
    }

    private static Dictionary<string, string> Headers(DownloadPlan plan) =>
        plan.Headers.ToDictionary(header => header.Key, header => header.Value.ToString());
}
