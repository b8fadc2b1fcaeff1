using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads;
using Attachments.Application.Errors;
using Attachments.Domain;
using Attachments.Domain.Content;
using Microsoft.AspNetCore.Http;

namespace Attachments.UnitTests.Http.Uploads;

public sealed class RawUploadTests
{
    [Test]
    public void Takes_the_body_as_the_file_without_reading_it()
    {
        var request = Put();
        request.ContentLength = 3;
        request.Headers.ContentMD5 = "kAFQmDzST7DWlj99KOF/cg==";
        request.Body = new MemoryStream([1, 2, 3]);

        var upload = RawUpload.From(request, FileName.From("cat.png"), "image/png");

        upload.FileName.ShouldBe(FileName.From("cat.png"));
        upload.MediaType.ShouldBe("image/png");
        upload.DeclaredLength.ShouldBe(3);
        upload.Digests.Md5.ShouldBe(Convert.FromBase64String("kAFQmDzST7DWlj99KOF/cg=="));
        upload.Content.ShouldBeSameAs(request.Body);
        upload.Content.Position.ShouldBe(0);
    }

    [Test]
    public void Knows_no_length_of_a_chunked_body() => RawUpload.From(Put(), null, MediaTypes.OctetStream).DeclaredLength.ShouldBeNull();

    [TestCase("")]
    [TestCase("identity")]
    [TestCase("Identity, identity")]
    public void Takes_a_body_without_a_content_coding(string encoding)
    {
        var request = Put();
        request.Headers.ContentEncoding = encoding;

        Should.NotThrow(() => RawUpload.From(request, null, MediaTypes.OctetStream));
    }

    [TestCase("gzip")]
    [TestCase("identity, br")]
    [TestCase("x")]
    public void Refuses_a_body_with_a_content_coding(string encoding)
    {
        var request = Put();
        request.Headers.ContentEncoding = encoding;

        Should.Throw<UnsupportedContentCodingException>(() => RawUpload.From(request, null, MediaTypes.OctetStream))
            .Code.ShouldBe("content_encoding_unsupported");
    }

    [Test]
    public void Refuses_Content_Range_on_PUT_alone()
    {
        var request = Put();
        request.Headers.ContentRange = "bytes 0-2/6";

        Should.Throw<InvalidRequestException>(() => RawUpload.From(request, null, MediaTypes.OctetStream))
            .Code.ShouldBe("content_range_unsupported");

        request.Method = "POST";
        Should.NotThrow(() => RawUpload.From(request, null, MediaTypes.OctetStream));
    }

    [Test]
    public void Refuses_a_digest_that_cannot_be_read()
    {
        var request = Put();
        request.Headers["Repr-Digest"] = "sha-256";

        Should.Throw<InvalidRequestException>(() => RawUpload.From(request, null, MediaTypes.OctetStream)).Code.ShouldBe("digest_invalid");
    }

    [TestCase("")]
    [TestCase("?filename=")]
    [TestCase("?other=x")]
    public void No_file_name_in_the_query_is_none(string query) => RawUpload.ReadFileName(Query(query)).ShouldBeNull();

    [TestCase("?filename=cat.png", "cat.png")]
    [TestCase("?filename=a%2Fb%20c.png", "b c.png")]
    [TestCase("?FileName=a,b", "a,b")]
    public void Takes_the_file_name_from_the_query(string query, string name) =>
        RawUpload.ReadFileName(Query(query))!.Value.ShouldBe(name);

    [Test]
    public void Refuses_two_file_names_in_the_query() =>
        Should.Throw<InvalidRequestException>(() => RawUpload.ReadFileName(Query("?filename=a&filename=b")))
            .Code.ShouldBe("file_name_invalid");

    [Test]
    public void Refuses_a_bad_file_name_in_the_query() =>
        Should.Throw<DomainException>(() => RawUpload.ReadFileName(Query("?filename=.."))).Code.ShouldBe("file_name_invalid");

    private static HttpRequest Put()
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "PUT";
        return request;
    }

    private static IQueryCollection Query(string query)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = new QueryString(query);
        return request.Query;
    }
}
