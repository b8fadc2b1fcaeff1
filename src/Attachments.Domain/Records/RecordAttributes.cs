using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Attachments.Domain.Records;

/// <summary>
/// The attributes of a record: a JSON object with any members. Values are kept exactly, so a number keeps all its digits. If an object
/// repeats a member name, the last one counts. Attributes are equal if their texts are. The text is never longer, in UTF-8, than the one
/// it was read from.
/// </summary>
public sealed record RecordAttributes
{
    public static readonly RecordAttributes Empty = new("{}");

    /// <summary>
    /// How deep objects and arrays may be nested, this one included: 64 is what readers of JSON commonly bear with, and a list of records
    /// adds three.
    /// </summary>
    public const int MaxDepth = 61;

    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(code => (char)code), '"', '\\']);

    private RecordAttributes(string json) => Json = json;

    /// <summary>The object's text.</summary>
    public string Json { get; }

    /// <exception cref="DomainException">
    /// <c>attributes_invalid</c>: it is no object, is nested deeper than <see cref="MaxDepth"/>, or a name or a text in it holds U+0000 or
    /// is not well-formed Unicode.
    /// </exception>
    public static RecordAttributes From(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new DomainException("attributes_invalid", "The attributes of a record must be a JSON object.");
        }

        if (!IsWithin(MaxDepth, value))
        {
            throw new DomainException("attributes_invalid", $"The attributes of a record can be nested at most {MaxDepth} levels deep.");
        }

        return FromMembers(GetMembers(value));
    }

    /// <summary>Restores attributes from their stored text, which <see cref="From"/> produced.</summary>
    public static RecordAttributes FromStored(string json) => new(json);

    /// <summary>Returns these attributes with the members of <paramref name="changes"/> replaced or added.</summary>
    public RecordAttributes Merge(RecordAttributes changes)
    {
        using var current = JsonDocument.Parse(Json);
        using var changed = JsonDocument.Parse(changes.Json);
        var members = GetMembers(current.RootElement);
        foreach (var (name, value) in GetMembers(changed.RootElement))
        {
            members[name] = value;
        }

        return FromMembers(members);
    }

    private static bool IsWithin(int depth, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => depth > 0 && value.EnumerateObject().All(member => IsWithin(depth - 1, member.Value)),
        JsonValueKind.Array => depth > 0 && value.EnumerateArray().All(item => IsWithin(depth - 1, item)),
        _ => true,
    };

    private static RecordAttributes FromMembers(OrderedDictionary<string, JsonElement> members)
    {
        var json = new StringBuilder();
        Write(json, members);
        return new RecordAttributes(json.ToString());
    }

    private static OrderedDictionary<string, JsonElement> GetMembers(JsonElement value)
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
                Write(json, GetMembers(value));
                break;
            case JsonValueKind.Array:
                WriteItems(json, value);
                break;
            case JsonValueKind.String:
                Write(json, Text(() => value.GetString()!));
                break;
            default:
                // A number keeps the digits that it was read with.
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

    // Escapes only what RFC 8259, section 7, requires, as briefly as possible. The stored text is then never longer than the one sent, so
    // one limit fits both. All encoders of the framework escape more.
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
            // The reader throws this for a lone surrogate in an escape, and for bytes that are not UTF-8.
            throw new DomainException("attributes_invalid", "A string in the attributes is not well-formed Unicode.");
        }
    }
}
