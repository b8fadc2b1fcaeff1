using System.Text.Json;
using Attachments.Application.Errors;
using Attachments.Application.Settings;

namespace Attachments.Api.Http.Documents;

/// <summary>A request's body in JSON (RFC 8259).</summary>
internal static class JsonBody
{
    /// <summary>How deep objects and arrays may be nested.</summary>
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <exception cref="InvalidRequestException"><c>json_invalid</c>; and see <see cref="DocumentBody.Read"/>.</exception>
    public static async Task<JsonDocument> Read(HttpRequest request, LimitsOptions limits, CancellationToken cancellationToken)
    {
        var body = await DocumentBody.Read(request, limits, cancellationToken);
        try
        {
            return JsonDocument.Parse(body, Options);
        }
        catch (JsonException exception)
        {
            throw new InvalidRequestException(
                "json_invalid",
                $"The body is not JSON, or is nested more than {MaxDepth} levels deep: line {exception.LineNumber + 1}, "
                + $"byte {exception.BytePositionInLine + 1}.");
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

    private static string? WellFormed(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            // What the reader says of a lone surrogate in an escape, or of bytes that are no UTF-8.
            throw new InvalidRequestException("json_invalid", "The body contains a string that is not well-formed Unicode.");
        }
    }
}
