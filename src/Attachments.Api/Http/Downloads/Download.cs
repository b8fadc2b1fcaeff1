using System.Globalization;
using Attachments.Api.Http.Conditional;
using Attachments.Api.Http.Errors;
using Attachments.Api.Http.Media;
using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Previews;
using Attachments.Domain.Content;

namespace Attachments.Api.Http.Downloads;

/// <summary>Decides the response to a download without reading the bytes.</summary>
/// <param name="request">A GET or a HEAD.</param>
/// <param name="content">What is asked for.</param>
/// <param name="granted">The request that a signed link grants, if this is one; it decides over the query.</param>
/// <param name="now">The time of the answer.</param>
internal sealed class Download(HttpRequest request, Downloadable content, GrantedRequest? granted, DateTimeOffset now)
{
    /// <summary>Decides in the order of RFC 9110, section 13.2.2.</summary>
    /// <exception cref="PreconditionFailedException"><c>precondition_failed</c>.</exception>
    /// <exception cref="RangeNotSatisfiableException"><c>range_not_satisfiable</c>.</exception>
    public DownloadPlan Plan() => PreconditionHeaders.ParseForRead(request.Headers, now).Evaluate(content.Representation) switch
    {
        PreconditionOutcome.Failed => throw new PreconditionFailedException(
            "precondition_failed", "The file does not match the preconditions of the request."),
        PreconditionOutcome.NotModified => new DownloadPlan(StatusCodes.Status304NotModified, VersionHeaders(), Body: null),
        _ => HttpMethods.IsHead(request.Method) ? Whole() with { Body = null } : Ranged(),
    };

    private DownloadPlan Ranged()
    {
        var counts = IfRange.Holds(request.Headers.IfRange, content.Representation, now);
        return (counts ? ByteRange.Parse(request.Headers.Range, content.Length) : new ByteRange.Whole()) switch
        {
            ByteRange.Part part => Partial(part),
            ByteRange.Unsatisfiable => throw new RangeNotSatisfiableException(content.Length),
            _ => Whole(),
        };
    }

    private DownloadPlan Whole()
    {
        var headers = ContentFields();
        headers.ContentLength = content.Length;
        return new DownloadPlan(StatusCodes.Status200OK, headers, content.Length == 0 ? null : new ByteRange.Part(0, content.Length - 1));
    }

    private DownloadPlan Partial(ByteRange.Part part)
    {
        var headers = ContentFields();
        headers.ContentLength = part.Length;
        headers.ContentRange = $"bytes {part.First}-{part.Last}/{content.Length}";
        return new DownloadPlan(StatusCodes.Status206PartialContent, headers, part);
    }

    private IHeaderDictionary ContentFields()
    {
        var type = ServedType.Sanitize(content.MediaType);
        var inline = WantsInline() && content.MayBeInline && InlineTypes.Contains(type);
        var headers = VersionHeaders();
        headers.ContentType = type;
        headers.ContentDisposition = ContentDisposition.Format(FindName().Value, inline);
        headers.AcceptRanges = "bytes";
        headers["Repr-Digest"] = content.File is { } file ? ReprDigest.Select(request.Headers["Want-Repr-Digest"], file) : null;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = inline ? InlineTypes.PolicyFor(type) : ContentPolicy.Sandbox;
        return headers;
    }

    /// <summary>The headers that a 304 has too. The cached copy of the client has the others (RFC 9110, section 15.4.5).</summary>
    private IHeaderDictionary VersionHeaders()
    {
        IHeaderDictionary headers = new HeaderDictionary();
        ValidatorHeaders.Set(headers, content.Representation, now);
        if (granted?.Sha256 is not null)
        {
            headers.CacheControl = CacheUntilExpiry(granted);
        }

        return headers;
    }

    /// <summary>Pinned content never changes under its address, and is not to be kept longer than the link is good.</summary>
    private string CacheUntilExpiry(GrantedRequest link)
    {
        var left = Math.Max(0, (long)(link.ExpiresAt - now).TotalSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"{(link.IsPublic ? "public" : "private")}, max-age={left}, immutable");
    }

    private FileName FindName() => granted?.FileName is not { } given ? content.FileName
        : content.IsPreview ? PreviewName.For(given)
        : given;

    private bool WantsInline() => content.IsPreview || (granted?.Inline
        ?? string.Equals(request.Query["disposition"], "inline", StringComparison.OrdinalIgnoreCase));
}

/// <summary>The response to a download, decided before the first byte of the file is read.</summary>
/// <param name="Status">200, 206 or 304.</param>
/// <param name="Headers">All of them.</param>
/// <param name="Body">The bytes to send; null for none.</param>
internal sealed record DownloadPlan(int Status, IHeaderDictionary Headers, ByteRange.Part? Body)
{
    /// <summary>Whether the file is sent from its first byte on.</summary>
    public bool IsFromStart => Body is null or { First: 0 };
}
