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
            "uuid": "trip-42",
            "unit_id": "mydevice",
            "created": 1234567890,
            "saved": 1234567890,
            "data": { "site": "north shore", "sketch": { "rawData": "iVBORw0KGgo=" } }
          }
        }
        """;

    public const string Form =
        """
        {
          "session[uuid]": "trip-42",
          "session[unit_id]": "mydevice",
          "session[data][site]": "north shore",
          "session[data][sketch][rawData]": "iVBORw0KGgo="
        }
        """;
}
