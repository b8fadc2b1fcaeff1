using System.Text;
using System.Text.Json;

namespace Attachments.Domain.OwnedAttachments;

/// <summary>The material that a file is a sequence map for: a JSON object, integer or string (RFC 8259), stored as sent.</summary>
public sealed record SequenceMap
{
    /// <summary>The maximum length in UTF-16 code units: the limit of a form's text field, if it is ASCII.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>
    /// The maximum nesting of objects and arrays. It is lower than 64, the usual limit of JSON readers, since the documents that contain
    /// the map add a few levels.
    /// </summary>
    public const int MaxDepth = 60;

    // The published API of owned attachments writes "None" for no map.
    private const string None = "None";

    private SequenceMap(string json) => Json = json;

    /// <summary>The JSON text as it was sent, without surrounding white space. The order of members and the digits are preserved.</summary>
    public string Json { get; }

    /// <summary>Reads JSON text. Returns null for no map: an empty text, <c>None</c>, or JSON's null, "" or "None".</summary>
    /// <exception cref="DomainException">
    /// <c>sequence_map_invalid</c>: it is another JSON value, not JSON, longer than <see cref="MaxLength"/>, deeper than
    /// <see cref="MaxDepth"/>, or holds a string that is not well-formed Unicode.
    /// </exception>
    public static SequenceMap? From(string text)
    {
        if (text.Length > MaxLength)
        {
            throw Invalid($"is longer than {MaxLength} characters");
        }

        if (text.Trim() is "" or None)
        {
            return null;
        }

        using var document = Parse(WellFormedText.Require(text, "sequence_map_invalid", "The sequence map"));
        RequireWellFormedStrings(text);
        var value = document.RootElement;
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString() is "" or None ? null : new SequenceMap(value.GetRawText()),
            JsonValueKind.Number when IsInteger(value.GetRawText()) => new SequenceMap(value.GetRawText()),
            JsonValueKind.Object => new SequenceMap(value.GetRawText()),
            _ => throw Invalid("must be an object, an integer or a string"),
        };
    }

    /// <summary>Restores a map from its stored JSON text, which <see cref="From"/> produced.</summary>
    public static SequenceMap FromStored(string json) => new(json);

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException)
        {
            throw Invalid($"is not JSON, or is nested deeper than {MaxDepth}");
        }
    }

    // An escape can hide a lone surrogate, and a client may refuse a whole response that contains one.
    private static void RequireWellFormedStrings(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                {
                    reader.GetString();
                }
            }
        }
        catch (InvalidOperationException)
        {
            throw Invalid("is not well-formed Unicode");
        }
    }

    private static bool IsInteger(string number) => number.AsSpan().IndexOfAny('.', 'e', 'E') < 0;

    private static DomainException Invalid(string fault) => new("sequence_map_invalid", $"The sequence map {fault}.");
}
