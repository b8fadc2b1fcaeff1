using Attachments.Api.Http.Fields;
using Attachments.Application.Conditional;

namespace Attachments.Api.Http.Conditional;

/// <summary>Reads the fields of <see cref="Preconditions"/> off a request.</summary>
internal static class PreconditionHeaders
{
    /// <summary>
    /// For GET and HEAD, by RFC 9110 alone. A list of tags that is none names nothing, since both sections end with what
    /// holds "otherwise": an If-Match fails (13.1.1) and an If-None-Match lets the file be served (13.1.2). A date that is none is ignored
    /// (13.1.3, 13.1.4).
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
    /// For every other method. Stricter than RFC 9110, which has a date that is none ignored (13.1.4): a change must not happen because
    /// the condition that was to prevent it could not be read: what is wrong is kept as <see cref="Preconditions.Fault"/>, for the one who
    /// decides. An If-Unmodified-Since beside an If-Match is not looked at.
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
