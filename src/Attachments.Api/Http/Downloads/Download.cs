using Attachments.Api.Http.Conditional;
using Attachments.Api.Http.Errors;
using Attachments.Api.Http.Media;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;

namespace Attachments.Api.Http.Downloads;

/// <summary>Decides the response to a download without reading the file.</summary>
/// <param name="request">A GET or a HEAD.</param>
/// <param name="file">The file asked for.</param>
/// <param name="mediaType">The type to serve it under.</param>
/// <param name="mayBeInline">The wish of the client to show it in place counts, if its type is harmless.</param>
/// <param name="now">The time of the answer.</param>
internal sealed class Download(HttpRequest request, StoredFile file, string mediaType, bool mayBeInline, DateTimeOffset now)
{
    private readonly CurrentRepresentation current = CurrentRepresentation.From(file.Sha256, file.StoredAt);

    /// <summary>Decides in the order of RFC 9110, section 13.2.2.</summary>
    /// <exception cref="PreconditionFailedException"><c>precondition_failed</c>.</exception>
    /// <exception cref="RangeNotSatisfiableException"><c>range_not_satisfiable</c>.</exception>
    public DownloadPlan Plan() => PreconditionHeaders.ParseForRead(request.Headers, now).Evaluate(current) switch
    {
        PreconditionOutcome.Failed => throw new PreconditionFailedException(
            "precondition_failed", "The file does not match the preconditions of the request."),
        PreconditionOutcome.NotModified => new DownloadPlan(StatusCodes.Status304NotModified, VersionHeaders(), Body: null),
        _ => HttpMethods.IsHead(request.Method) ? Whole() with { Body = null } : Ranged(),
    };

    private DownloadPlan Ranged()
    {
        var counts = IfRange.Holds(request.Headers.IfRange, current, now);
        return (counts ? ByteRange.Parse(request.Headers.Range, file.Length) : new ByteRange.Whole()) switch
        {
            ByteRange.Part part => Partial(part),
            ByteRange.Unsatisfiable => throw new RangeNotSatisfiableException(file.Length),
            _ => Whole(),
        };
    }

    private DownloadPlan Whole()
    {
        var headers = FileHeaders();
        headers.ContentLength = file.Length;
        return new DownloadPlan(StatusCodes.Status200OK, headers, file.Length == 0 ? null : new ByteRange.Part(0, file.Length - 1));
    }

    private DownloadPlan Partial(ByteRange.Part part)
    {
        var headers = FileHeaders();
        headers.ContentLength = part.Length;
        headers.ContentRange = $"bytes {part.First}-{part.Last}/{file.Length}";
        return new DownloadPlan(StatusCodes.Status206PartialContent, headers, part);
    }

    private IHeaderDictionary FileHeaders()
    {
        var type = ServedType.Sanitize(mediaType);
        var inline = WantsInline() && mayBeInline && InlineTypes.Contains(type);
        var headers = VersionHeaders();
        headers.ContentType = type;
        headers.ContentDisposition = ContentDisposition.Format(file.FileName.Value, inline);
        headers.AcceptRanges = "bytes";
        headers["Repr-Digest"] = ReprDigest.Select(request.Headers["Want-Repr-Digest"], file);
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = inline ? InlineTypes.PolicyFor(type) : ContentPolicy.Sandbox;
        return headers;
    }

    /// <summary>The headers that a 304 has too. The cached copy of the client has the others (RFC 9110, section 15.4.5).</summary>
    private IHeaderDictionary VersionHeaders()
    {
        IHeaderDictionary headers = new HeaderDictionary();
        ValidatorHeaders.Set(headers, current, now);
        return headers;
    }

    private bool WantsInline() => string.Equals(request.Query["disposition"], "inline", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The response to a download, decided before the first byte of the file is read.</summary>
/// <param name="Status">200, 206 or 304.</param>
/// <param name="Headers">All of them.</param>
/// <param name="Body">The bytes to send; null for none.</param>
internal sealed record DownloadPlan(int Status, IHeaderDictionary Headers, ByteRange.Part? Body);
