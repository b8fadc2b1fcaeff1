using System.Text;
using System.Text.Json;
using Attachments.Application.Errors;
using Attachments.Application.Settings;

namespace Attachments.Api.Http.Documents;

/// <summary>A request's body in JSON (RFC 8259), which is UTF-8 whatever charset its Content-Type declares (section 11).</summary>
internal static class JsonBody
{
    /// <summary>The most values of a document that is parsed as a whole: each value costs many times its bytes.</summary>
    public const int MaxValues = 250_000;

    /// <summary>The maximum nesting of objects and arrays.</summary>
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>All of it, for what has no use for a part.</summary>
    /// <exception cref="InvalidRequestException"><c>json_invalid</c>; and see <see cref="DocumentBody"/>.</exception>
    /// <exception cref="TooLargeException"><c>document_too_large</c></exception>
    public static async Task<JsonDocument> Read(HttpRequest request, LimitsOptions limits, CancellationToken cancellationToken)
    {
        var body = await DocumentBody.Read(request, limits, cancellationToken);
        body = body[ByteOrderMarkLength(body.Span)..];
        try
        {
            RequireMaxValues(body.Span);
            return JsonDocument.Parse(body, Options);
        }
        catch (JsonException exception)
        {
            throw Invalid(exception);
        }
    }

    /// <summary>The text of a string.</summary>
    /// <exception cref="InvalidRequestException"><c>json_invalid</c>: it is not well-formed Unicode.</exception>
    public static string Text(JsonElement value) => WellFormed(value.GetString!)!;

    /// <summary>The name of a property.</summary>
    /// <exception cref="InvalidRequestException"><c>json_invalid</c>: it is not well-formed Unicode.</exception>
    public static string Name(JsonProperty property) => WellFormed(() => property.Name)!;

    /// <summary>A value as it was written: its digits, its spaces and the order of its members.</summary>
    /// <exception cref="InvalidRequestException"><c>json_invalid</c>: it is not well-formed Unicode.</exception>
    public static string RawText(JsonElement value) => WellFormed(value.GetRawText)!;

    /// <summary>The length of a byte order mark at the start of a text. Readers may ignore it (RFC 8259, section 8.1).</summary>
    public static int ByteOrderMarkLength(ReadOnlySpan<byte> json) =>
        json.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;

    public static InvalidRequestException Invalid(JsonException exception) => new(
        "json_invalid",
        $"The body is not JSON, or is nested more than {MaxDepth} levels deep: line {exception.LineNumber + 1}, "
        + $"byte {exception.BytePositionInLine + 1}.");

    /// <summary>The error for a lone surrogate in an escape, or for bytes that are not UTF-8.</summary>
    public static InvalidRequestException NotUnicode() =>
        new("json_invalid", "The body contains a string that is not well-formed Unicode.");

    private static string? WellFormed(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            throw NotUnicode();
        }
    }

    private static void RequireMaxValues(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, ReaderOptions);
        for (var values = 0; reader.Read();)
        {
            var isValue = reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray);
            if (isValue && ++values > MaxValues)
            {
                throw new TooLargeException("document_too_large", $"A document can have at most {MaxValues} values.");
            }
        }
    }
}
