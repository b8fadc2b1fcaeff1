using System.Text;
using System.Text.Json;

namespace Attachments.Domain.OwnedAttachments;

/// <summary>What material a file is a sequence map for: a JSON object, integer or string (RFC 8259), kept to the letter.</summary>
public sealed record SequenceMap
{
    /// <summary>The longest one, in UTF-16 code units: what a text field of a form may hold, if it is ASCII.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>
    /// How deep objects and arrays may be nested: less than the 64 that readers of JSON commonly bear with, since the documents that hold
    /// the map add a few.
    /// </summary>
    public const int MaxDepth = 60;

    // How the API that this one follows writes that there is none.
    private const string None = "None";

    private SequenceMap(string json) => Json = json;

    /// <summary>As it was given, without the white space around it: the order of its members and its digits are kept.</summary>
    public string Json { get; }

    /// <summary>Reads JSON text. Null: it says that there is none, by nothing at all, <c>None</c>, or JSON's null, "" or "None".</summary>
    /// <exception cref="DomainException">
    /// <c>sequence_map_invalid</c>: it is another JSON value, or none, longer than <see cref="MaxLength"/>, deeper than
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

    /// <summary>One as it was once <see cref="From">read</see> and stored.</summary>
    public static SequenceMap Stored(string json) => new(json);

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

    // A lone surrogate can be hidden in an escape, and a reader of an answer that holds one may refuse all of it.
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
