using System.Security.Cryptography;
using System.Text;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Domain;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;

namespace Attachments.UnitTests.Http.Uploads.Multipart;

public sealed class MultipartBodyTests
{
    private const string Boundary = "----AaB03x";

    private static readonly MultipartForm AnyFiles = new(100);

    private static readonly string[] Codes =
    [
        "multipart_invalid", "multipart_headers_too_large", "content_disposition_invalid", "transfer_encoding_unsupported",
        "digest_invalid", "digest_mismatch", "field_not_utf8", "content_encoding_unsupported", "too_many_parts", "file_name_invalid",
        "file_name_too_long", "transfer_encoding_invalid",
    ];

    [Test]
    public async Task Reads_fields_and_files_in_the_order_sent()
    {
        var parts = await Read(
            Part("form-data; name=\"unit\"", "7 \u20AC"),
            Part("form-data; name=\"photo\"; filename=\"C:\\dir\\cat.png\"\r\nContent-Type: image/png; q=1", "\0\r\n--\r\n"),
            Part("attachment; name=doc; filename=empty.txt", ""),
            Part("form-data; name=\"none\"", ""));

        parts.ShouldBe([
            new Seen("unit", "7 \u20AC"),
            new Seen("photo", "\0\r\n--\r\n", "cat.png", "image/png; q=1"),
            new Seen("doc", "", "empty.txt", MediaTypes.OctetStream),
            new Seen("none", ""),
        ]);
    }

    [TestCase("Content-Type: image/png; charset=\"", "image/png")]
    [TestCase("Content-Type: png", MediaTypes.OctetStream)]
    [TestCase("Content-Length: 999999999999999999999", MediaTypes.OctetStream)]
    [TestCase("content-type: multipart/mixed; boundary=inner", "multipart/mixed; boundary=inner")]
    [TestCase("Content-Transfer-Encoding: BINARY\r\nContent-Encoding: identity", MediaTypes.OctetStream)]
    public async Task Takes_the_media_type_of_a_part_and_no_length(string header, string mediaType)
    {
        var request = Request(Body(Part($"form-data; name=a; filename=b\r\n{header}", "x")));

        await foreach (var part in MultipartBody.Read(request, new LimitsOptions(), AnyFiles, CancellationToken.None))
        {
            var upload = part.ShouldBeOfType<FilePart>().Open();
            upload.MediaType.ShouldBe(mediaType);
            upload.DeclaredLength.ShouldBeNull();
        }
    }

    [TestCase("attachment; name=a")]
    [TestCase("form-data; name=a; filename=\"\"")]
    [TestCase("attachment; name=a; filename=\"\"")]
    public async Task Skips_what_is_neither_file_nor_field(string disposition) =>
        (await Read(Part(disposition, "\xFF skipped"), Part("form-data; name=b", "kept"))).ShouldBe([new Seen("b", "kept")]);

    [Test]
    public async Task Skips_a_part_without_Content_Disposition() =>
        (await Read(Request($"--{Boundary}\r\nX-Other: 1\r\n\r\ntext\r\n--{Boundary}\r\n\r\n\r\n--{Boundary}--\r\n"))).ShouldBeEmpty();

    [Test]
    public async Task Reads_a_body_without_parts() => (await Read(Request($"--{Boundary}--"))).ShouldBeEmpty();

    [Test]
    public async Task Reads_over_preamble_padding_and_epilogue()
    {
        var body = $"This is a message\r\nin MIME format\r\n--{Boundary} \t\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n"
            + $"--{Boundary}--  \r\nepilogue\r\n--{Boundary}?";

        (await Read(Request(body))).ShouldBe([new Seen("a", "b")]);
    }

    [TestCase("multipart/form-data; boundary=----AaB03x")]
    [TestCase("multipart/mixed; charset=utf-8; boundary=\"----AaB03x\"; type=x")]
    [TestCase("Multipart/Related;BOUNDARY=----AaB03x")]
    public async Task Takes_any_multipart_and_a_boundary_quoted_or_not(string contentType)
    {
        var request = Request(Body(Part("form-data; name=a", "b")));
        request.ContentType = contentType;

        (await Read(request)).ShouldBe([new Seen("a", "b")]);
    }

    [Test]
    public async Task Takes_a_boundary_with_all_its_punctuation()
    {
        var request = Request("--a='()+_,-./:=? z\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--a='()+_,-./:=? z--\r\n");
        request.ContentType = "multipart/form-data; boundary=\"a='()+_,-./:=? z\"";

        (await Read(request)).ShouldBe([new Seen("a", "b")]);
    }

    [TestCase(null, "multipart_boundary_missing")]
    [TestCase("multipart/form-data", "multipart_boundary_missing")]
    [TestCase("multipart/form-data; boundary=", "multipart_boundary_missing")]
    [TestCase("multipart/form-data; boundary=\"\"", "multipart_boundary_missing")]
    [TestCase("multipart/form-data; boundary=\"x", "multipart_boundary_missing")]
    [TestCase("multipart/form-data; boundary=\"x \"", "multipart_boundary_invalid")]
    [TestCase("multipart/form-data; boundary=\u00E4", "multipart_boundary_invalid")]
    [TestCase("multipart/form-data; boundary=a234567890b234567890c234567890d234567890e234567890f234567890g2345678901",
        "multipart_boundary_invalid")]
    public void Refuses_a_boundary_that_cannot_be_one_before_reading(string? contentType, string code)
    {
        var request = Request("");
        request.ContentType = contentType;

        Should.Throw<InvalidRequestException>(() => { MultipartBody.Read(request, new LimitsOptions(), AnyFiles, CancellationToken.None); })
            .Code.ShouldBe(code);
    }

    [Test]
    public void Refuses_a_content_coding_a_range_and_a_broken_digest_before_reading()
    {
        RefusedAtOnce<UnsupportedContentCodingException>("POST", "Content-Encoding", "gzip").Code.ShouldBe("content_encoding_unsupported");
        RefusedAtOnce<InvalidRequestException>("PUT", "Content-Range", "bytes 0-1/2").Code.ShouldBe("content_range_unsupported");
        RefusedAtOnce<InvalidRequestException>("POST", "Content-Digest", "?").Code.ShouldBe("digest_invalid");

        static T RefusedAtOnce<T>(string method, string header, string value)
            where T : RequestException
        {
            var request = Request(Body());
            request.Method = method;
            request.Headers[header] = value;
            return Should.Throw<T>(() => { MultipartBody.Read(request, new LimitsOptions(), AnyFiles, CancellationToken.None); });
        }
    }

    [TestCase("", TestName = "An empty body")]
    [TestCase("garbage", TestName = "No boundary at all")]
    [TestCase("--{0}", TestName = "An end after the first boundary")]
    [TestCase("--{0}\r\n", TestName = "An end after the line of the first boundary")]
    [TestCase("--{0}\r\n{1}", TestName = "An end in the headers")]
    [TestCase("--{0}\r\n{1}\r\n\r\nab", TestName = "An end in the content")]
    [TestCase("--{0}\r\n{1}\r\n\r\nab\r\n--{0}", TestName = "A final boundary without its dashes")]
    [TestCase("--{0}\r\n{1}\r\n\r\nab\r\n--{0}-", TestName = "A final boundary with one dash")]
    [TestCase("--{0}\r\n{1}\r\n\r\nab\r\n--{0}\r\n", TestName = "No final boundary")]
    [TestCase("--{0}\r\n{1}\r\n\r\nab\r\n--{0}x\r\n{1}\r\n\r\nab\r\n--{0}--", TestName = "Garbage after a boundary")]
    [TestCase("--{0}\r\n{1}\r\n\r\nab\r\n--{0}-x\r\n\r\n--{0}--", TestName = "Garbage after a boundary and a dash")]
    [TestCase("preamble\r\n--{0}--", TestName = "A preamble and no part")]
    [TestCase("--{0}\r\n{1}\r\n\r\nab\r\n--{0}--x", TestName = "Garbage after the final boundary")]
    [TestCase("--{0}x\r\n{1}\r\n\r\nab\r\n--{0}--", TestName = "Garbage after the first boundary")]
    [TestCase("x--{0}\r\n{1}\r\n\r\nab\r\n--{0}--", TestName = "A first boundary within a line")]
    [TestCase("--{0}\r\n{1}\r\n\r\n--{0}\r\n{1}\r\n\r\nab\r\n--{0}--", TestName = "A boundary right after the headers")]
    [TestCase("--{0}\r\n{1}\r\n--{0}\r\n\r\nab\r\n--{0}--", TestName = "A boundary within the headers")]
    [TestCase("--{0}\r\nno header\r\n\r\nab\r\n--{0}--", TestName = "A header without a colon")]
    [TestCase("--{0}\r\n{1}\r\nno header\r\n\r\nab\r\n--{0}--", TestName = "A second header without a colon")]
    [TestCase("--{0}\r\n: x\r\n{1}\r\n\r\nab\r\n--{0}--", TestName = "A header without a name")]
    [TestCase("--{0}\r\na b: x\r\n{1}\r\n\r\nab\r\n--{0}--", TestName = "A header whose name has a space")]
    [TestCase("--{0}\r\n {1}\r\n\r\nab\r\n--{0}--", TestName = "A continuation of no header")]
    [TestCase("--{0}\r\n{1}\r\n\rx\r\n\r\nab\r\n--{0}--", TestName = "A header that begins with a carriage return")]
    [TestCase("--{0}\n{1}\n\nab\n--{0}--", TestName = "Line feeds only")]
    public async Task Refuses_a_broken_body(string format)
    {
        var body = format.Replace("{0}", Boundary, StringComparison.Ordinal)
            .Replace("{1}", "Content-Disposition: form-data; name=a; filename=b", StringComparison.Ordinal);

        (await Refusal<InvalidRequestException>(Read(Request(body)))).ShouldBe("multipart_invalid");
        (await Refusal<InvalidRequestException>(Read(Request(body, ChoppedStream.OneByOne())))).ShouldBe("multipart_invalid");
    }

    [Test]
    public async Task Refuses_a_truncated_body_at_every_length()
    {
        var whole = Body(Part("form-data; name=a", "text"), Part("form-data; name=b; filename=c", "bytes"));
        var closed = whole.Length - 2;
        for (var length = 0; length < closed; length++)
        {
            (await Refusal<InvalidRequestException>(Read(Request(whole[..length])))).ShouldBe("multipart_invalid");
        }

        (await Read(Request(whole[..closed]))).Count.ShouldBe(2);
    }

    [TestCase("Content-Disposition: form-data; name=\"a\";\r\n filename=\"12:30.png\"", "12:30.png")]
    [TestCase("Content-Disposition: form-data; name=\"a\";\r\n\tfilename=\"x.png\"", "x.png")]
    [TestCase("Content-Disposition:\r\n form-data;\r\n  name=a;\r\n \t \r\n filename=x.png\r\nX-Other: y", "x.png")]
    [TestCase("X-Other: y\r\n z\r\nContent-Disposition: form-data; name=a; filename=\"two\r\n words.png\"", "two words.png")]
    [TestCase("Content-Disposition: form-data; name=a; filename*0*=UTF-8''%C3%A4;\r\n filename*1=\".png\"", "\u00E4.png")]
    [TestCase("content-disposition : form-data; name=a; filename=x.png", "x.png")]
    public async Task Unfolds_headers(string headers, string fileName)
    {
        foreach (var pieces in new[] { ChoppedStream.Repeat([int.MaxValue]), ChoppedStream.OneByOne() })
        {
            var request = Request($"--{Boundary}\r\n{headers}\r\n\r\nx\r\n--{Boundary}--", pieces);
            (await Read(request)).ShouldBe([new Seen("a", "x", fileName, MediaTypes.OctetStream)]);
        }
    }

    [Test]
    public async Task Reads_a_header_that_is_not_UTF8_as_Latin_1_and_others_not()
    {
        byte[] body =
        [
            .. Encoding.UTF8.GetBytes($"--{Boundary}\r\nX-Other: "), 0xE9, .. "\r\n"u8,
            .. Encoding.UTF8.GetBytes($"Content-Disposition: form-data; name=\u00E9; filename=\u00E9\r\n\r\n\r\n--{Boundary}\r\n"),
            .. Encoding.Latin1.GetBytes($"Content-Disposition: form-data; name=\u00E9; filename=\u00E9\r\n\r\n\r\n--{Boundary}--"),
        ];

        var part = new Seen("\u00E9", "", "\u00E9", MediaTypes.OctetStream);
        (await Read(Request(body))).ShouldBe([part, part]);
    }

    [Test]
    public async Task Keeps_the_headers_of_many_parts_that_arrive_at_once_apart()
    {
        var parts = Enumerable.Range(0, 99).Select(number => Part($"form-data;\r\n name={number}", $"{number}")).ToArray();

        (await Read(parts)).ShouldBe(Enumerable.Range(0, 99).Select(number => new Seen($"{number}", $"{number}")));
    }

    [TestCase("preamble")]
    [TestCase("epilogue")]
    public async Task Passes_over_1_MiB_before_the_first_boundary_or_behind_the_last(string which)
    {
        foreach (var pieces in new[] { ChoppedStream.Repeat([int.MaxValue]), ChoppedStream.Repeat([4096, 1, 77]) })
        {
            (await Read(Request(With(MultipartBody.MaxSurroundingBytes), pieces))).ShouldBe([new Seen("a", "b")]);
            (await Refusal<InvalidRequestException>(Read(Request(With(MultipartBody.MaxSurroundingBytes + 1), pieces))))
                .ShouldBe($"multipart_{which}_too_large");
        }

        byte[] With(int length)
        {
            var body = Body(Part("form-data; name=a", "b"));
            var surrounding = Encoding.ASCII.GetBytes("\r\n--x" + new string('x', length - 5));
            return which == "preamble" ? [.. surrounding, .. "\r\n"u8, .. body] : [.. body, .. surrounding];
        }
    }

    [Test]
    public async Task Refuses_a_body_that_never_comes_to_a_boundary() =>
        (await Refusal<InvalidRequestException>(Read(Request(new string('\r', 2 << 20))))).ShouldBe("multipart_preamble_too_large");

    [TestCase("base64", "w6Q=\r\n", "\u00E4")]
    [TestCase("BASE64", "", "")]
    [TestCase("quoted-printable", "=C3=\r\n=A4", "\u00E4")]
    public async Task Decodes_files_and_fields_by_their_transfer_encoding(string encoding, string content, string decoded)
    {
        var md5 = Convert.ToBase64String(ComputeMd5(Encoding.UTF8.GetBytes(decoded)));
        var digest = $"Content-Transfer-Encoding: {encoding}\r\nContent-MD5: {md5}";

        var parts = await Read(
            Part($"form-data; name=a\r\n{digest}", content), Part($"form-data; name=b; filename=f\r\n{digest}", content));

        parts[0].Content.ShouldBe(decoded);
        parts[1].Content.ShouldBe(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(decoded)));
    }

    [Test]
    public async Task Takes_a_field_of_1_MiB_once_it_is_decoded()
    {
        var longest = new string('x', MultipartBody.MaxFieldBytes);

        (await Read(Encoded(longest)))[0].Content.ShouldBe(longest);
        (await Refusal<TooLargeException>(Read(Encoded(longest + "x")))).ShouldBe("field_too_large");

        static string Encoded(string text) => Part(
            "form-data; name=a\r\nContent-Transfer-Encoding: base64", Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
    }

    [TestCase("form-data; name=known; filename=\"blob\"\r\nContent-Type: application/json")]
    [TestCase("form-data; name=known; filename=\"..\"")]
    [TestCase("form-data; name=known; filename=\"\"")]
    [TestCase("attachment; name=known; filename=blob")]
    public async Task Takes_a_field_that_is_known_for_a_text_whatever_file_name_it_has(string disposition)
    {
        var form = AnyFiles with { IsText = name => name == "known" };
        var request = Request(Body(Part(disposition, "text"), Part("form-data; name=other; filename=blob", "file")));

        var parts = await Read(request, form: form);

        parts.Select(part => (part.Name, part.Content, part.FileName)).ShouldBe([("known", "text", null), ("other", "file", "blob")]);
        var longer = Request(Body(Part(disposition, new string('x', MultipartBody.MaxFieldBytes + 1))));
        (await Refusal<TooLargeException>(Read(longer, form: form))).ShouldBe("field_too_large");
    }

    [TestCase(1, 110)]
    [TestCase(3, 310)]
    [TestCase(int.MaxValue, long.MaxValue)]
    public void Refuses_a_request_that_is_longer_than_its_files_and_the_rest_before_reading(int files, long most)
    {
        var limits = new LimitsOptions { MaxUploadBytes = files == int.MaxValue ? long.MaxValue : 100, MaxDocumentBytes = 10 };
        var request = Request(Body());
        request.ContentLength = most;
        MultipartBody.Read(request, limits, new MultipartForm(files), CancellationToken.None);

        if (most < long.MaxValue)
        {
            request.ContentLength = most + 1;
            Should.Throw<TooLargeException>(
                () => { MultipartBody.Read(request, limits, new MultipartForm(files), CancellationToken.None); })
                .Code.ShouldBe("upload_too_large");
        }
    }

    [Test]
    public async Task Takes_16_KiB_of_headers_and_no_more()
    {
        var disposition = "Content-Disposition: form-data; name=a\r\n";
        var filler = "X-Filler: ";
        var room = MultipartBody.MaxHeaderBytes - disposition.Length - filler.Length - "\r\n\r\n".Length;

        (await Read(Request(With(room)))).ShouldBe([new Seen("a", "b")]);
        (await Refusal<InvalidRequestException>(Read(Request(With(room + 1))))).ShouldBe("multipart_headers_too_large");

        string With(int length) => $"--{Boundary}\r\n{disposition}{filler}{new string('x', length)}\r\n\r\nb\r\n--{Boundary}--\r\n";
    }

    [Test]
    public async Task Takes_many_headers_of_a_part()
    {
        var headers = string.Concat(Enumerable.Range(0, 1000).Select(number => $"X-{number}: y\r\n"));
        var body = $"--{Boundary}\r\n{headers}Content-Disposition: form-data; name=a\r\n\r\nb\r\n--{Boundary}--\r\n";

        (await Read(Request(body))).Count.ShouldBe(1);
    }

    [Test]
    public async Task Refuses_headers_that_never_end()
    {
        var body = $"--{Boundary}\r\nContent-Disposition: form-data; name=a; x=" + new string('x', 1 << 20);

        (await Refusal<InvalidRequestException>(Read(Request(body)))).ShouldBe("multipart_headers_too_large");
    }

    [Test]
    public async Task Takes_as_many_parts_as_allowed_and_no_more()
    {
        var limits = new LimitsOptions { MaxParts = 3 };
        var part = Part("attachment; name=a", "skipped, but a part");

        (await Read(Request(Body(part, part, part)), limits)).ShouldBeEmpty();
        (await Refusal<TooLargeException>(Read(Request(Body(part, part, part, part)), limits))).ShouldBe("too_many_parts");
    }

    [Test]
    public async Task Takes_a_field_of_1_MiB_and_no_more()
    {
        var longest = new string('x', MultipartBody.MaxFieldBytes);

        (await Read(Part("form-data; name=a", longest)))[0].Content.ShouldBe(longest);
        (await Refusal<TooLargeException>(Read(Part("form-data; name=a", longest + "x")))).ShouldBe("field_too_large");
    }

    [Test]
    public async Task Limits_the_fields_of_a_request_together_and_leaves_files_out()
    {
        var limits = new LimitsOptions { MaxDocumentBytes = 10 };
        var field = Part("form-data; name=a", "12345");
        var file = Part("form-data; name=a; filename=b", "longer than the limit");

        (await Read(Request(Body(field, file, field)), limits)).Count.ShouldBe(3);
        (await Refusal<TooLargeException>(Read(Request(Body(field, file, field, Part("form-data; name=a", "1"))), limits)))
            .ShouldBe("document_too_large");
    }

    [TestCase("attachment; name=a")]
    [TestCase("form-data; name=a; filename=\"\"")]
    public async Task Limits_what_it_skips_as_it_does_fields(string disposition)
    {
        var limits = new LimitsOptions { MaxDocumentBytes = 100_000 };
        var field = Part("form-data; name=b", new string('b', 40_000));
        var skipped = Part(disposition, new string('a', 60_000));

        (await Read(Request(Body(skipped, field)), limits)).Count.ShouldBe(1);
        (await Refusal<TooLargeException>(Read(Request(Body(field, skipped, Part("attachment", "a"))), limits)))
            .ShouldBe("document_too_large");
    }

    [Test]
    public async Task Limits_what_a_consumer_leaves_unread()
    {
        var request = Request(Body(Part("form-data; name=a; filename=a", new string('a', 300_000))));
        var limits = new LimitsOptions { MaxDocumentBytes = 100_000 };

        (await Should.ThrowAsync<TooLargeException>(async () =>
        {
            await foreach (var part in MultipartBody.Read(request, limits, AnyFiles, CancellationToken.None))
            {
                await ((FilePart)part).Open().Content.ReadExactlyAsync(new byte[10]);
            }
        })).Code.ShouldBe("document_too_large");
    }

    [TestCase("inline; name=a; filename=\"..\"")]
    [TestCase("inline; name=a; filename=b\r\nContent-Transfer-Encoding: base64")]
    [TestCase("inline; name=a; filename=b\r\nContent-MD5: x")]
    public async Task Minds_no_fault_of_a_file_that_nobody_wants(string disposition)
    {
        var request = Request(Body(Part(disposition, "x"), Part("form-data; name=b; filename=b", "x")));
        var names = new List<string>();

        await foreach (var part in MultipartBody.Read(request, new LimitsOptions(), AnyFiles, CancellationToken.None))
        {
            if (part is FilePart { Name: "b" } file)
            {
                names.Add(file.Open().FileName!.Value);
            }
        }

        names.ShouldBe(["b"]);
    }

    [Test]
    public async Task Refuses_a_field_that_is_not_UTF8_by_its_name()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=unit\r\n\r\n"), 0xC3, 0x28,
            .. Encoding.UTF8.GetBytes($"\r\n--{Boundary}--\r\n")];

        var refusal = await Should.ThrowAsync<InvalidRequestException>(() => Read(Request(body)));

        refusal.Code.ShouldBe("field_not_utf8");
        refusal.Errors!.Keys.ShouldBe(["unit"]);
    }

    [TestCase("Content-Transfer-Encoding: uuencode", "transfer_encoding_unsupported")]
    [TestCase("Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: binary", "transfer_encoding_unsupported")]
    [TestCase("Content-Transfer-Encoding: base64", "transfer_encoding_invalid")]
    [TestCase("Content-Encoding: gzip", "content_encoding_unsupported")]
    [TestCase("Content-MD5: x", "digest_invalid")]
    public async Task Refuses_a_part_that_is_not_the_file_itself(string header, string code)
    {
        (await Refusal<RequestException>(Read(Part($"form-data; name=a; filename=b\r\n{header}", "x")))).ShouldBe(code);
        (await Refusal<RequestException>(Read(Part($"form-data; name=a\r\n{header}", "x")))).ShouldBe(code);
    }

    [Test]
    public async Task Refuses_a_bad_file_name() =>
        (await Should.ThrowAsync<DomainException>(Read(Part("form-data; name=a; filename=\"..\"", "x"))))
            .Code.ShouldBe("file_name_invalid");

    [Test]
    public async Task Hands_on_the_digests_of_a_file_and_checks_those_of_a_field()
    {
        var digest = $"Content-Digest: sha-256=:{Convert.ToBase64String(SHA256.HashData("right"u8))}:";
        var request = Request(Body(Part($"form-data; name=a; filename=b\r\n{digest}", "wrong")));
        await foreach (var part in MultipartBody.Read(request, new LimitsOptions(), AnyFiles, CancellationToken.None))
        {
            part.ShouldBeOfType<FilePart>().Open().Digests.Sha256.ShouldBe(SHA256.HashData("right"u8));
        }

        (await Read(Part($"form-data; name=a\r\n{digest}", "right"))).Count.ShouldBe(1);
        await Should.ThrowAsync<DigestMismatchException>(() => Read(Part($"form-data; name=a\r\n{digest}", "wrong")));
    }

    [Test]
    public async Task Checks_the_digests_of_the_request_over_all_of_its_body()
    {
        byte[] body = [.. "preamble\r\n"u8, .. Body(Part("form-data; name=a; filename=b", "x")), .. "epilogue"u8];

        (await Read(Signed(body, body))).Count.ShouldBe(1);
        await Should.ThrowAsync<DigestMismatchException>(() => Read(Signed(body, [.. body, .. "!"u8])));
        await Should.ThrowAsync<DigestMismatchException>(() => Read(Signed([.. body, .. "!"u8], body)));

        static HttpRequest Signed(byte[] sent, byte[] meant)
        {
            var request = Request(sent, ChoppedStream.Repeat([7, 100, 1]));
            request.Headers.ContentMD5 = Convert.ToBase64String(ComputeMd5(meant));
            request.Headers["Content-Digest"] = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(meant))}:";
            request.Headers["Repr-Digest"] = $"sha-512=:{Convert.ToBase64String(SHA512.HashData(meant))}:";
            return request;
        }
    }

    [Test]
    public async Task Skips_what_a_consumer_leaves_unread_and_lets_nobody_read_it_later()
    {
        var request = Request(Body(
            Part("form-data; name=a; filename=a", new string('a', 300_000)),
            Part("form-data; name=b; filename=b", new string('b', 300_000)),
            Part("form-data; name=c; filename=c", "c")));
        var uploads = new List<Stream>();

        await foreach (var part in MultipartBody.Read(request, new LimitsOptions(), AnyFiles, CancellationToken.None))
        {
            var content = ((FilePart)part).Open().Content;
            uploads.Add(content);
            if (uploads.Count == 2)
            {
                await content.ReadExactlyAsync(new byte[10]);
                await content.DisposeAsync();
            }
        }

        uploads.Count.ShouldBe(3);
        foreach (var content in uploads)
        {
            await Should.ThrowAsync<ObjectDisposedException>(() => content.CopyToAsync(Stream.Null));
        }
    }

    [Test]
    public async Task Reads_a_part_only_as_it_is_asked_for()
    {
        var arrived = Encoding.UTF8.GetBytes(Part("form-data; name=a; filename=b", new string('x', 200_000)));
        var body = new ChoppedStream(arrived, ChoppedStream.Repeat([4096]));
        var request = Request(Body());
        request.Body = body;

        await using var parts = MultipartBody.Read(request, new LimitsOptions(), AnyFiles, CancellationToken.None).GetAsyncEnumerator();
        body.Position.ShouldBe(0);

        (await parts.MoveNextAsync()).ShouldBeTrue();
        body.Position.ShouldBeLessThan(arrived.Length);
    }

    [Test]
    public async Task Lets_a_fault_of_the_connection_through([Values(0, 10, 100)] int length)
    {
        var sent = $"--{Boundary}\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n{new string('x', 100)}"[..length];
        foreach (var fault in new[] { new BadHttpRequestException("Unexpected end of request content."), new IOException("reset") })
        {
            (await Should.ThrowAsync<Exception>(() => Read(Failing(fault)))).ShouldBeSameAs(fault);
        }

        await Should.ThrowAsync<OperationCanceledException>(() => Read(Failing(new OperationCanceledException())));

        HttpRequest Failing(Exception fault)
        {
            var request = Request(Body());
            request.Body = new ChoppedStream(Encoding.UTF8.GetBytes(sent), ChoppedStream.OneByOne(), fault);
            return request;
        }
    }

    [Test]
    public async Task Stops_when_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var request = Request(Body(Part("form-data; name=a", "b"), Part("form-data; name=c", "d")), ChoppedStream.OneByOne());
        await using var parts = MultipartBody.Read(request, new LimitsOptions(), AnyFiles, cancellation.Token).GetAsyncEnumerator();
        (await parts.MoveNextAsync()).ShouldBeTrue();

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await parts.MoveNextAsync());
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Parts_come_back_byte_for_byte_however_they_arrive() => Prop.ForAll(
        Contents().ArrayOf().ToArbitrary(),
        Gen.Choose(1, 200).NonEmptyListOf().ToArbitrary(),
        (contents, pieces) =>
        {
            var body = new MemoryStream();
            foreach (var (content, index) in contents.Select((content, index) => (content, index)))
            {
                body.Write(Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name={index}; filename=f\r\n\r\n"));
                body.Write(content);
                body.Write("\r\n"u8);
            }

            body.Write(Encoding.UTF8.GetBytes($"--{Boundary}--\r\n"));
            var seen = Read(Request(body.ToArray(), ChoppedStream.Repeat([.. pieces]))).GetAwaiter().GetResult();

            seen.Select(part => part.Name).ShouldBe(contents.Select((_, index) => $"{index}"));
            seen.Select(part => part.Content).ShouldBe(contents.Select(Encoding.Latin1.GetString));
        });

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property A_mutated_body_gives_parts_or_a_documented_refusal()
    {
        var whole = Body(
            Part("form-data; name=\"a\"", "text"),
            Part(
                "form-data; name=\"b\"; filename*=UTF-8''k%C3%A4.png; filename=\"=?utf-8?B?w6Q=?=\"\r\nContent-Type: image/png",
                "\r\n--bytes\r\n"),
            Part("attachment; filename=\"\"", ""),
            Part("form-data;\r\n name=c; filename*0*=utf-8''%C3;\r\n filename*1*=%A4\r\nContent-Transfer-Encoding: base64", "w6Q=\r\nw6Q="),
            Part("form-data; name=d\r\nContent-Transfer-Encoding: quoted-printable", "=C3=A4 =\r\n"));
        var mutation = Gen.Choose(0, whole.Length - 1).SelectMany(at => Gen.Elements(0, 1, 2).SelectMany(kind =>
            Gen.Frequency((1, Gen.Choose(0, 255)), (2, Gen.Elements<int>('\r', '\n', '-', '"', ';', ':', '=', '%', '\\')))
                .Select(value => (At: at, Kind: kind, Value: (byte)value))));
        return Prop.ForAll(mutation.NonEmptyListOf().ToArbitrary(), Gen.Choose(1, 50).NonEmptyListOf().ToArbitrary(), (mutations, pieces) =>
        {
            var bytes = whole.ToList();
            foreach (var (at, kind, value) in mutations.Where(mutation => mutation.At < bytes.Count))
            {
                switch (kind)
                {
                    case 0:
                        bytes[at] = value;
                        break;
                    case 1:
                        bytes.Insert(at, value);
                        break;
                    default:
                        bytes.RemoveAt(at);
                        break;
                }
            }

            try
            {
                Read(Request([.. bytes], ChoppedStream.Repeat([.. pieces]))).GetAwaiter().GetResult();
            }
            catch (RequestException refusal)
            {
                Codes.ShouldContain(refusal.Code);
            }
            catch (DomainException refusal)
            {
                Codes.ShouldContain(refusal.Code);
            }
        });
    }

    private static byte[] ComputeMd5(byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(bytes);
        return hash.GetHashAndReset();
    }

    private static Gen<byte[]> Contents()
    {
        // Pieces of the boundary and its line ends, so that what nearly is one is common.
        var piece = Gen.OneOf(
            Gen.Elements("\r", "\n", "\r\n", "--", "\r\n--", "\r\n----AaB03", "----AaB03x", "AaB03x", "\r\r\n")
                .Select(Encoding.Latin1.GetBytes),
            Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf());
        return piece.ArrayOf()
            .Select(pieces => pieces.SelectMany(bytes => bytes).ToArray())
            .Where(content => !("\r\n" + Encoding.Latin1.GetString(content)).Contains("\r\n--" + Boundary, StringComparison.Ordinal));
    }

    private static string Part(string disposition, string content) =>
        $"--{Boundary}\r\nContent-Disposition: {disposition}\r\n\r\n{content}\r\n";

    private static byte[] Body(params string[] parts) => Encoding.UTF8.GetBytes(string.Concat(parts) + $"--{Boundary}--\r\n");

    private static HttpRequest Request(string body, IEnumerable<int>? pieces = null) => Request(Encoding.UTF8.GetBytes(body), pieces);

    private static HttpRequest Request(byte[] body, IEnumerable<int>? pieces = null)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "POST";
        request.ContentType = $"multipart/form-data; boundary={Boundary}";
        request.Body = new ChoppedStream(body, pieces ?? ChoppedStream.Repeat([int.MaxValue]));
        return request;
    }

    private static async Task<string> Refusal<T>(Task<List<Seen>> reading)
        where T : RequestException => (await Should.ThrowAsync<T>(reading)).Code;

    private static Task<List<Seen>> Read(params string[] parts) => Read(Request(Body(parts)));

    private static async Task<List<Seen>> Read(
        HttpRequest request, LimitsOptions? limits = null, MultipartForm? form = null)
    {
        var seen = new List<Seen>();
        await foreach (var part in MultipartBody.Read(request, limits ?? new LimitsOptions(), form ?? AnyFiles, CancellationToken.None))
        {
            seen.Add(part switch
            {
                FieldPart field => new Seen(field.Name, field.Text),
                FilePart file => await Seen.ReadFrom(file),
                _ => throw new InvalidOperationException(),
            });
        }

        if (request.Body is ChoppedStream body)
        {
            body.Ended.ShouldBeTrue();
        }

        return seen;
    }

    private sealed record Seen(string? Name, string Content, string? FileName = null, string? MediaType = null)
    {
        public static async Task<Seen> ReadFrom(FilePart part)
        {
            using var content = new MemoryStream();
            var upload = part.Open();
            await upload.Content.CopyToAsync(content);
            return new Seen(
                part.Name,
                Encoding.Latin1.GetString(content.ToArray()),
                upload.FileName?.Value,
                upload.MediaType);
        }
    }
}
