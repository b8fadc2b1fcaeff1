namespace Attachments.Domain.Records;

/// <summary>
/// What callers know a record by: its form type, and an id that is unique among the records of that type. Both in NFC, without
/// backslashes and control characters, and never <c>.</c> or <c>..</c>, since both are segments of the record's address.
/// </summary>
public sealed record RecordKey
{
    public const int MaxFormTypeCharacters = 255;
    public const int MaxRecordIdCharacters = 100;

    private RecordKey(string formType, string recordId)
    {
        FormType = formType;
        RecordId = recordId;
    }

    /// <summary>1 to <see cref="MaxFormTypeCharacters"/> characters, slashes among them.</summary>
    public string FormType { get; }

    /// <summary>1 to <see cref="MaxRecordIdCharacters"/> characters without a slash.</summary>
    public string RecordId { get; }

    /// <exception cref="DomainException"><c>form_type_invalid</c>, <c>record_id_invalid</c>.</exception>
    public static RecordKey Of(string formType, string recordId) =>
        new(RequireFormType(formType), RequireRecordId(recordId, "record_id_invalid"));

    /// <summary>Reads <c>Contract/57</c>: what is before the last slash is the form type.</summary>
    /// <exception cref="DomainException"><c>id_invalid</c>.</exception>
    public static RecordKey Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        return slash >= 0
            ? new RecordKey(RequireFormType(text[..slash], "id_invalid"), RequireRecordId(text[(slash + 1)..], "id_invalid"))
            : throw new DomainException("id_invalid", "The id of a record must be its form type, a slash, and its id within that type.");
    }

    /// <summary>Whether a text that is <see cref="Parse">read</see> as a key is read as this one.</summary>
    public bool IsNamedBy(string text)
    {
        try
        {
            return Parse(text) == this;
        }
        catch (DomainException)
        {
            // What names no record at all does not name this one.
            return false;
        }
    }

    /// <summary>Returns the form type, in NFC, if it can be one.</summary>
    /// <exception cref="DomainException"><c>form_type_invalid</c>.</exception>
    public static string RequireFormType(string text) => RequireFormType(text, "form_type_invalid");

    /// <summary>As the id of a resource: <c>Contract/57</c>.</summary>
    public override string ToString() => $"{FormType}/{RecordId}";

    private static string RequireFormType(string text, string code) =>
        RequireSegment(text, MaxFormTypeCharacters, code, "The form type");

    private static string RequireRecordId(string text, string code)
    {
        const string What = "The id of a record within its form type";
        return text.Contains('/', StringComparison.Ordinal)
            ? throw new DomainException(code, $"{What} contains a slash.")
            : RequireSegment(text, MaxRecordIdCharacters, code, What);
    }

    private static string RequireSegment(string text, int maxCharacters, string code, string what)
    {
        var name = WellFormedText.Normalized(WellFormedText.Require(text, code, what), code, what);
        if (name is "." or ".." || name.Contains('\\', StringComparison.Ordinal) || name.Any(char.IsControl))
        {
            throw new DomainException(code, $"{what} is a dot segment, or contains a backslash or a control character.");
        }

        return WellFormedText.Require(name, maxCharacters, code, what);
    }
}
