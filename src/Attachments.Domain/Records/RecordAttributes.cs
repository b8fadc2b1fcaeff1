using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Attachments.Domain.Records;

/// <summary>
/// What a record says: a JSON object of any members. Values are kept exactly, so a number keeps all the digits it was written with. Of
/// several members of one name in an object the last stands. Two are equal when their texts are.
/// </summary>
public sealed record RecordAttributes
{
    public static readonly RecordAttributes Empty = new("{}");

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private RecordAttributes(string json) => Json = json;

    /// <summary>The object's text.</summary>
    public string Json { get; }

    /// <exception cref="DomainException">
    /// <c>attributes_invalid</c>: it is no object, or a name or a text in it holds U+0000 or is not well-formed Unicode.
    /// </exception>
    public static RecordAttributes From(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? Written(MembersOf(value))
        : throw new DomainException("attributes_invalid", "The attributes of a record are a JSON object.");

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
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Writing))
        {
            Write(writer, members);
        }

        return new RecordAttributes(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length));
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

    private static void Write(Utf8JsonWriter writer, OrderedDictionary<string, JsonElement> members)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Write(writer, MembersOf(value));
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Text(() => value.GetString()!));
                break;
            default:
                // A number is written with the digits that it was read with.
                value.WriteTo(writer);
                break;
        }
    }

    private static string Text(Func<string> read)
    {
        try
        {
            return WellFormedText.Require(read(), "attributes_invalid", "A text in the attributes");
        }
        catch (InvalidOperationException)
        {
            // What the reader says of a lone surrogate in an escape, or of bytes that are no UTF-8.
            throw new DomainException("attributes_invalid", "A text in the attributes is not well-formed Unicode.");
        }
    }
}
