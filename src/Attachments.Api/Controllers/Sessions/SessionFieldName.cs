namespace Attachments.Api.Controllers.Sessions;

/// <summary>
/// The name of a form's field, in the format of the sessions API: <c>session[uuid]</c>, <c>session[data][point]</c> or
/// <c>session[data][point][rawData]</c>.
/// </summary>
/// <param name="Kind">What it names.</param>
/// <param name="Name">The field of the session, or the point.</param>
internal readonly record struct SessionFieldName(SessionFieldKind Kind, string Name)
{
    private const string Root = "session[";
    private const string Data = "session[data][";
    private const string RawData = "][rawData]";

    public static SessionFieldName Parse(string? text)
    {
        if (text is null || !text.StartsWith(Root, StringComparison.Ordinal) || !text.EndsWith(']'))
        {
            return new SessionFieldName(SessionFieldKind.Foreign, text ?? "");
        }

        if (!text.StartsWith(Data, StringComparison.Ordinal))
        {
            return new SessionFieldName(SessionFieldKind.Field, text[Root.Length..^1]);
        }

        var isRawData = text.EndsWith(RawData, StringComparison.Ordinal) && text.Length >= Data.Length + RawData.Length;
        var point = text[Data.Length..^(isRawData ? RawData.Length : 1)];
        var nested = point.IndexOf("][", StringComparison.Ordinal);
        return nested < 0
            ? new SessionFieldName(isRawData ? SessionFieldKind.RawData : SessionFieldKind.Point, point)
            : new SessionFieldName(SessionFieldKind.Nested, point[..nested]);
    }
}

internal enum SessionFieldKind
{
    /// <summary>Not of the session.</summary>
    Foreign,

    /// <summary>A field of the session itself.</summary>
    Field,

    /// <summary>A point's scalar, or its file.</summary>
    Point,

    /// <summary>A point's embedded bytes.</summary>
    RawData,

    /// <summary>Something inside a point that no point holds.</summary>
    Nested,
}
