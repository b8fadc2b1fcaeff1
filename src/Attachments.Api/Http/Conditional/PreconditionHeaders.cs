using Attachments.Api.Http.Fields;
using Attachments.Application.Conditional;

namespace Attachments.Api.Http.Conditional;

/// <summary>Reads the fields of <see cref="Preconditions"/> off a request.</summary>
internal static class PreconditionHeaders
{
    /// <summary>
    /// Parses the preconditions of GET and HEAD (RFC 9110). An invalid list of tags matches nothing: If-Match fails (13.1.1), and
    /// If-None-Match lets the file be served (13.1.2). An invalid date is ignored (13.1.3, 13.1.4).
    /// </summary>
    public static Preconditions ParseForRead(IHeaderDictionary headers, DateTimeOffset now)
    {
        var (match, noneMatch) = (FieldValue.Combine(headers.IfMatch), FieldValue.Combine(headers.IfNoneMatch));
        var (unmodified, modified) = (FieldValue.Combine(headers.IfUnmodifiedSince), FieldValue.Combine(headers.IfModifiedSince));
        return new Preconditions(
            match is null ? null : EntityTagParser.ParseCondition(match) ?? EntityTagCondition.OneOf([]),
            unmodified is null ? null : HttpDate.Parse(unmodified, now),
            noneMatch is null ? null : EntityTagParser.ParseCondition(noneMatch) ?? EntityTagCondition.OneOf([]),
            modified is null ? null : HttpDate.Parse(modified, now));
    }

    /// <summary>
    /// Parses the preconditions of every other method. Unlike RFC 9110 (13.1.4), an invalid date is an error, since a change must not
    /// happen because its precondition could not be parsed. The error is kept in <see cref="Preconditions.Fault"/>. If-Unmodified-Since is
    /// ignored if If-Match is sent.
    /// </summary>
    public static Preconditions ParseForWrite(IHeaderDictionary headers, DateTimeOffset now)
    {
        var match = FieldValue.Combine(headers.IfMatch);
        var noneMatch = FieldValue.Combine(headers.IfNoneMatch);
        var unmodified = match is null ? FieldValue.Combine(headers.IfUnmodifiedSince) : null;
        var read = new Preconditions(
            match is null ? null : EntityTagParser.ParseCondition(match),
            unmodified is null ? null : HttpDate.Parse(unmodified, now),
            noneMatch is null ? null : EntityTagParser.ParseCondition(noneMatch),
            IfModifiedSince: null);
        return (match, read.IfMatch, noneMatch, read.IfNoneMatch, unmodified, read.IfUnmodifiedSince) switch
        {
            (not null, null, _, _, _, _) => read with { Fault = "If-Match must be * or a list of entity tags." },
            (_, _, not null, null, _, _) => read with { Fault = "If-None-Match must be * or a list of entity tags." },
            (_, _, _, _, not null, null) => read with { Fault = "If-Unmodified-Since is not an HTTP date." },
            _ => read,
        };
    }
}
