using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attachments.Api.Http.Documents;

/// <summary>JSON that is written unchanged.</summary>
/// <param name="Text">One JSON value; it is not checked again.</param>
[JsonConverter(typeof(Converter))]
public readonly record struct RawJson(string Text)
{
    /// <summary>The one value that <paramref name="write"/> writes.</summary>
    internal static RawJson Create(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, JsonResponses.WriterOptions))
        {
            write(writer);
        }

        return new RawJson(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Text, skipInputValidation: true);
    }
}
