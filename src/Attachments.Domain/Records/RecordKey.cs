namespace Attachments.Domain.Records;

/// <summary>
/// The key that callers use for a record: its form type, and an id that is unique within that type. Both are in NFC, without
/// backslashes and control characters, and never <c>.</c> or <c>..</c>, since both are segments of the record's URL.
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

    /// <summary>1 to <see cref="MaxFormTypeCharacters"/> characters; slashes are allowed.</summary>
    public string FormType { get; }

    /// <summary>1 to <see cref="MaxRecordIdCharacters"/> characters without a slash.</summary>
    public string RecordId { get; }

    /// <param name="formType">The form type.</param>
    /// <param name="recordId">The id within it; or the whole id, which a client may put where the id within the form type belongs.</param>
    /// <exception cref="DomainException"><c>form_type_invalid</c>, <c>record_id_invalid</c>.</exception>
    public static RecordKey Create(string formType, string recordId)
    {
        var type = RequireFormType(formType);
        return TryParse(recordId) is { } whole && whole.FormType == type
            ? whole
            : new RecordKey(type, RequireRecordId(recordId, "record_id_invalid"));
    }

    /// <summary>Reads <c>Contract/57</c>. The form type is the part before the last slash.</summary>
    /// <exception cref="DomainException"><c>id_invalid</c>.</exception>
    public static RecordKey Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        return slash >= 0
            ? new RecordKey(RequireFormType(text[..slash], "id_invalid"), RequireRecordId(text[(slash + 1)..], "id_invalid"))
            : throw new DomainException("id_invalid", "The id of a record must be its form type, a slash, and its id within that type.");
    }

    /// <summary>As <see cref="Parse"/>; null for a text that is not a key.</summary>
    public static RecordKey? TryParse(string text) => OrNull(() => Parse(text));

    /// <summary>Whether the text is this key's id, as a whole (<c>Contract/57</c>) or within the form type (<c>57</c>).</summary>
    public bool Matches(string text) => OrNull(() => Create(FormType, text)) == this;

    /// <summary>Returns the form type in NFC, if it is valid.</summary>
    /// <exception cref="DomainException"><c>form_type_invalid</c>.</exception>
    public static string RequireFormType(string text) => RequireFormType(text, "form_type_invalid");

    /// <summary>The JSON:API id: <c>Contract/57</c>.</summary>
    public override string ToString() => $"{FormType}/{RecordId}";

    private static RecordKey? OrNull(Func<RecordKey> read)
    {
        try
        {
            return read();
        }
        catch (DomainException)
        {
            return null;
        }
    }

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
        var name = WellFormedText.Normalize(WellFormedText.Require(text, code, what), code, what);
        if (name is "." or ".." || name.Contains('\\', StringComparison.Ordinal) || name.Any(char.IsControl))
        {
            throw new DomainException(code, $"{what} is a dot segment, or contains a backslash or a control character.");
        }

        return WellFormedText.Require(name, maxCharacters, code, what);
    }
}
