using System.Buffers;
using System.Runtime.CompilerServices;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Fields;
using Attachments.Api.Http.Media;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Application.Text;
using Attachments.Domain;
using Attachments.Domain.Content;
using Microsoft.AspNetCore.WebUtilities;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>The parts of a <c>multipart/*</c> request (RFC 2046, RFC 7578), as they arrive.</summary>
internal sealed class MultipartBody : IDisposable
{
    /// <summary>The code of a body that is broken.</summary>
    public const string Invalid = "multipart_invalid";

    /// <summary>The most that the headers of one part may take, in bytes with their line ends.</summary>
    public const int MaxHeaderBytes = 16 << 10;

    /// <summary>The most that one text field may hold, in bytes.</summary>
    public const int MaxFieldBytes = 1 << 20;

    /// <summary>The most that may come before the first boundary, and as much again behind the final one, in bytes.</summary>
    public const int MaxSurroundingBytes = 1 << 20;

    // RFC 2046, section 5.1.1.
    private const int MaxBoundaryLength = 70;

    private const int BufferBytes = 64 << 10;
    private const int TextBufferBytes = 16 << 10;

    private readonly LimitsOptions limits;
    private readonly MultipartForm form;
    private readonly DigestCalculator digests;
    private readonly FormTextDecoder texts;
    private readonly MultipartFraming framing;
    private readonly MultipartSource source;
    private readonly MultipartReader reader;
    private readonly RequestBody? memory;
    private int sections;
    private long bytesBesideFiles;

    private MultipartBody(
        Stream body, string boundary, ExpectedDigests expected, FormTextDecoder texts, LimitsOptions limits, MultipartForm form)
    {
        this.limits = limits;
        memory = body as RequestBody;
        this.texts = texts;
        this.form = form;
        framing = new MultipartFraming(boundary, MaxHeaderBytes, MaxSurroundingBytes);
        digests = new DigestCalculator(expected);
        source = new MultipartSource(body, framing, digests);
        reader = new MultipartReader(boundary, source, BufferBytes);
    }

    /// <summary>
    /// The files and text fields of <paramref name="request"/>. Invalid headers are refused at once. The body is read part by part by
    /// enumerating once. Only at the end of the enumeration is the body known to be complete and to match the digests in the request's
    /// headers. Parts that are neither file nor field (an empty file name; no file name and not <c>form-data</c>) are skipped, and so is
    /// the unread rest of a file. Both count towards the limit of everything beside the files. A multipart body inside a part is not
    /// parsed.
    /// </summary>
    /// <exception cref="InvalidRequestException">
    /// <c>multipart_boundary_missing</c>, <c>multipart_boundary_invalid</c>, <c>multipart_invalid</c>, <c>multipart_headers_too_large</c>,
    /// <c>multipart_preamble_too_large</c>, <c>multipart_epilogue_too_large</c>, <c>content_disposition_invalid</c>,
    /// <c>transfer_encoding_unsupported</c>, <c>transfer_encoding_invalid</c>, <c>digest_invalid</c>, <c>content_range_unsupported</c>,
    /// <c>field_not_utf8</c>, <c>field_not_in_charset</c>, <c>charset_late</c>
    /// </exception>
    /// <exception cref="UnsupportedMediaTypeException"><c>charset_unsupported</c></exception>
    /// <exception cref="UnsupportedContentCodingException"><c>content_encoding_unsupported</c>, of the request or of a part.</exception>
    /// <exception cref="TooLargeException">
    /// <c>too_many_parts</c>, <c>field_too_large</c>, <c>document_too_large</c>, <c>upload_too_large</c>
    /// </exception>
    /// <exception cref="DigestMismatchException">The whole body is not what the client meant to send.</exception>
    /// <exception cref="DomainException">A file name; see <see cref="FileName.From"/>.</exception>
    /// <exception cref="IOException">
    /// Reading the request failed: the client went away, or the server's own limit was hit (<see cref="BadHttpRequestException"/>).
    /// </exception>
    public static IAsyncEnumerable<MultipartPart> Read(
        HttpRequest request, LimitsOptions limits, MultipartForm form, CancellationToken cancellationToken)
    {
        var boundary = ParseBoundary(request.ContentType);
        ContentHeaders.RequireWholeFiles(request);
        form.RequireWithin(limits, request.ContentLength);
        var texts = new FormTextDecoder(Charset.DeclaredBy(request.ContentType));
        return ReadParts(request.Body, boundary, DigestHeaders.Read(request), texts, limits, form, cancellationToken);
    }

    public void Dispose()
    {
        source.Dispose();
        digests.Dispose();
    }

    private static async IAsyncEnumerable<MultipartPart> ReadParts(
        Stream content,
        string boundary,
        ExpectedDigests digests,
        FormTextDecoder texts,
        LimitsOptions limits,
        MultipartForm form,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var body = new MultipartBody(content, boundary, digests, texts, limits, form);
        while (await body.ReadSection(cancellationToken) is { } section)
        {
            var disposition = PartDisposition.From(section.Headers!);
            if (disposition is not null && body.IsField(disposition))
            {
                yield return await body.ReadField(section, disposition, cancellationToken);
            }
            else if (disposition is { FileName.Length: > 0 })
            {
                await using var part = new PartStream(section.Body, body.source);
                yield return new FilePart(disposition.Name, () => OpenFile(section, disposition, part));
            }

            await body.Skip(section.Body, cancellationToken);
        }

        body.digests.VerifyExpected();
    }

    private static string ParseBoundary(string? contentType)
    {
        var boundary = HeaderParameters.Parse(contentType ?? "")?.Find("boundary")?.Value;
        if (string.IsNullOrEmpty(boundary))
        {
            throw new InvalidRequestException("multipart_boundary_missing", "The Content-Type of the request has no boundary parameter.");
        }

        if (boundary.Length > MaxBoundaryLength || boundary.EndsWith(' ') || boundary.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new InvalidRequestException(
                "multipart_boundary_invalid",
                $"A boundary must be 1 to {MaxBoundaryLength} printable ASCII characters that do not end with a space.");
        }

        return boundary;
    }

    private bool IsField(PartDisposition disposition) =>
        disposition is { FileName: null, Type: PartDisposition.FormData } || (disposition.Name is { } name && form.IsText(name));

    private async ValueTask<MultipartSection?> ReadSection(CancellationToken cancellationToken)
    {
        var section = await source.Reading(new ValueTask<MultipartSection?>(reader.ReadNextSectionAsync(cancellationToken)));
        if (section is not null)
        {
            section.Headers = PartHeaders.Parse(framing.NextHead());
            return ++sections <= limits.MaxParts
                ? section
                : throw new TooLargeException("too_many_parts", $"The request has more than {limits.MaxParts} parts.");
        }

        // Every boundary but the final one begins a part; else the reader has taken one for content.
        return framing.Delimiters == sections + 1
            ? null
            : throw new InvalidRequestException(Invalid, "A boundary in the multipart body is in an invalid position.");
    }

    private static IncomingFile OpenFile(MultipartSection section, PartDisposition disposition, PartStream content)
    {
        ContentHeaders.RequireIdentityEncoding(section.Headers!);
        return new IncomingFile(
            FileName.From(disposition.FileName!),
            DeclaredType.Normalize(section.ContentType) ?? MediaTypes.OctetStream,
            DeclaredLength: null,
            DigestHeaders.Read(section.Headers!),
            TransferEncoding.Decode(section.Headers!, content));
    }

    private async ValueTask<FieldPart> ReadField(MultipartSection section, PartDisposition disposition, CancellationToken cancellationToken)
    {
        ContentHeaders.RequireIdentityEncoding(section.Headers!);
        using var digest = new DigestCalculator(DigestHeaders.Read(section.Headers!));
        var content = TransferEncoding.Decode(section.Headers!, section.Body);
        var bytes = await ReadText(content, disposition.Name, cancellationToken);
        digest.Append(bytes);
        digest.VerifyExpected();
        var text = texts.Decode(disposition.Name ?? "", bytes, Charset.DeclaredBy(section.ContentType));
        return new FieldPart(disposition.Name, text);
    }

    private async ValueTask<byte[]> ReadText(Stream content, string? name, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        await ReadBesideFiles(
            content,
            bytes =>
            {
                text.Write(bytes.Span);
                if (text.Length > MaxFieldBytes)
                {
                    throw new TooLargeException(
                        "field_too_large", $"The field {Quoted.Format(name ?? "")} is longer than {MaxFieldBytes} bytes.");
                }
            },
            cancellationToken);
        return text.ToArray();
    }

    /// <summary>Reads over what nobody has read of a part.</summary>
    private Task Skip(Stream content, CancellationToken cancellationToken) => ReadBesideFiles(content, _ => { }, cancellationToken);

    private async Task ReadBesideFiles(Stream content, Action<ReadOnlyMemory<byte>> see, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(TextBufferBytes);
        try
        {
            while (await source.Reading(content.ReadAsync(buffer, cancellationToken)) is var read and > 0)
            {
                see(buffer.AsMemory(0, read));
                bytesBesideFiles += read;
                if (bytesBesideFiles > limits.MaxDocumentBytes)
                {
                    throw new TooLargeException(
                        "document_too_large", $"The request has more than {limits.MaxDocumentBytes} bytes besides its files.");
                }

                memory?.ReserveForFields(bytesBesideFiles);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
