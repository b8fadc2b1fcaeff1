using Attachments.Application.Common;

namespace Attachments.Api.Http.Downloads;

/// <summary>Reads the fields of <see cref="Preconditions"/> off a request.</summary>
internal static class PreconditionFields
{
    /// <summary>
    /// For GET and HEAD, by RFC 9110 alone. A list of tags that is none names nothing, since both sections end with what
    /// holds "otherwise": an If-Match fails (13.1.1) and an If-None-Match lets the file be served (13.1.2). A date that is none is ignored
    /// (13.1.3, 13.1.4).
    /// </summary>
    public static Preconditions ForRead(IHeaderDictionary headers, DateTimeOffset now)
    {
        var (match, noneMatch) = (FieldValue.Of(headers.IfMatch), FieldValue.Of(headers.IfNoneMatch));
        var (unmodified, modified) = (FieldValue.Of(headers.IfUnmodifiedSince), FieldValue.Of(headers.IfModifiedSince));
        return new Preconditions(
            match is null ? null : EntityTags.Condition(match) ?? EntityTagCondition.OneOf([]),
            unmodified is null ? null : HttpDate.Parse(unmodified, now),
            noneMatch is null ? null : EntityTags.Condition(noneMatch) ?? EntityTagCondition.OneOf([]),
            modified is null ? null : HttpDate.Parse(modified, now));
    }

    /// <summary>
    /// For every other method. Stricter than RFC 9110, which has a date that is none ignored (13.1.4): a change must not happen because
    /// the condition that was to prevent it could not be read. An If-Unmodified-Since beside an If-Match is not looked at.
    /// </summary>
    /// <exception cref="InvalidRequestException"><c>invalid_precondition</c>: a field cannot be read.</exception>
    public static Preconditions ForWrite(IHeaderDictionary headers, DateTimeOffset now)
    {
        var match = FieldValue.Of(headers.IfMatch);
        var noneMatch = FieldValue.Of(headers.IfNoneMatch);
        var unmodified = match is null ? FieldValue.Of(headers.IfUnmodifiedSince) : null;
        return new Preconditions(
            match is null ? null : EntityTags.Condition(match) ?? throw Unreadable("If-Match", "* or a list of entity tags"),
            unmodified is null ? null : HttpDate.Parse(unmodified, now) ?? throw Unreadable("If-Unmodified-Since", "an HTTP date"),
            noneMatch is null ? null : EntityTags.Condition(noneMatch) ?? throw Unreadable("If-None-Match", "* or a list of entity tags"),
            IfModifiedSince: null);
    }

    private static InvalidRequestException Unreadable(string field, string expected) =>
        new("invalid_precondition", $"{field} is not {expected}.");
}
