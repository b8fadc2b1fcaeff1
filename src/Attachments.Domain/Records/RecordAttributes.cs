using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Attachments.Domain.Records;

/// <summary>
/// What a record says: a JSON object of any members. Values are kept exactly, so a number keeps all the digits it was written with. Of
/// several members of one name in an object the last stands. Two are equal when their texts are. The text is never longer, in UTF-8,
/// than the one it was read from.
/// </summary>
public sealed record RecordAttributes
{
    public static readonly RecordAttributes Empty = new("{}");

    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(code => (char)code), '"', '\\']);

    private RecordAttributes(string json) => Json = json;

    /// <summary>The object's text.</summary>
    public string Json { get; }

    /// <exception cref="DomainException">
    /// <c>attributes_invalid</c>: it is no object, or a name or a text in it holds U+0000 or is not well-formed Unicode.
    /// </exception>
    public static RecordAttributes From(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? Written(MembersOf(value))
        : throw new DomainException("attributes_invalid", "The attributes of a record must be a JSON object.");

    /// <summary>Attributes as they were once <see cref="From">made</see> and stored.</summary>
    public static RecordAttributes Stored(string json) => new(json);

    /// <summary>These, with each member of <paramref name="changes"/> set to its value there.</summary>
    public RecordAttributes With(RecordAttributes changes)
    {
        using var current = JsonDocument.Parse(Json);
        using var changed = JsonDocument.Parse(changes.Json);
        var members = MembersOf(current.RootElement);
        foreach (var (name, value) in MembersOf(changed.RootElement))
        {
            members[name] = value;
        }

        return Written(members);
    }

    private static RecordAttributes Written(OrderedDictionary<string, JsonElement> members)
    {
        var json = new StringBuilder();
        Write(json, members);
        return new RecordAttributes(json.ToString());
    }

    private static OrderedDictionary<string, JsonElement> MembersOf(JsonElement value)
    {
        var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            members[Text(() => member.Name)] = member.Value;
        }

        return members;
    }

    private static void Write(StringBuilder json, OrderedDictionary<string, JsonElement> members)
    {
        var separator = "";
        json.Append('{');
        foreach (var (name, value) in members)
        {
            json.Append(separator);
            Write(json, name);
            json.Append(':');
            Write(json, value);
            separator = ",";
        }

        json.Append('}');
    }

    private static void Write(StringBuilder json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Write(json, MembersOf(value));
                break;
            case JsonValueKind.Array:
                WriteItems(json, value);
                break;
            case JsonValueKind.String:
                Write(json, Text(() => value.GetString()!));
                break;
            default:
                // A number is written with the digits that it was read with.
                json.Append(value.GetRawText());
                break;
        }
    }

    private static void WriteItems(StringBuilder json, JsonElement array)
    {
        var separator = "";
        json.Append('[');
        foreach (var item in array.EnumerateArray())
        {
            json.Append(separator);
            Write(json, item);
            separator = ",";
        }

        json.Append(']');
    }

    // Only what RFC 8259, section 7 demands is escaped, each character as briefly as can be: what is kept is never longer than what was
    // sent, so that one limit fits both. The framework's encoders all escape more.
    private static void Write(StringBuilder json, ReadOnlySpan<char> text)
    {
        json.Append('"');
        for (int next; (next = text.IndexOfAny(Escaped)) >= 0; text = text[(next + 1)..])
        {
            json.Append(text[..next]).Append(Escape(text[next]));
        }

        json.Append(text).Append('"');
    }

    private static string Escape(char character) => character switch
    {
        '\b' => @"\b",
        '\f' => @"\f",
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
        _ => $"\\{character}",
    };

    private static string Text(Func<string> read)
    {
        try
        {
            return WellFormedText.Require(read(), "attributes_invalid", "A string in the attributes");
        }
        catch (InvalidOperationException)
        {
            // What the reader says of a lone surrogate in an escape, or of bytes that are no UTF-8.
            throw new DomainException("attributes_invalid", "A string in the attributes is not well-formed Unicode.");
        }
    }
}
