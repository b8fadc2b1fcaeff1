namespace Attachments.Api.Controllers.Sessions;

/// <summary>Descriptions and examples of session bodies in the OpenAPI document.</summary>
internal static class SessionExamples
{
    public const string Description =
        "A point holds a string, a number or a boolean (stored as text), or `{\"rawData\": \"<base64>\"}`; in a multipart form also a "
        + "file, in a field `session[data][point]`. Fields with other names are ignored.";

    public const string Json =
        """
        {
          "session": {
            "uuid": "12341234-12341234-1234-1234-123412341234",
            "unit_id": "mydevice",
            "created": 1234567890,
            "saved": 1234567890,
            "data": { "point1": "value1", "sketch1": { "rawData": "iVBORw0KGgo=" } }
          }
        }
        """;

    public const string Form =
        """
        {
          "session[unit_id]": "mydevice",
          "session[data][point1]": "value1",
          "session[data][sketch1][rawData]": "iVBORw0KGgo="
        }
        """;
}
