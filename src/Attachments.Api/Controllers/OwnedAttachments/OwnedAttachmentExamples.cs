namespace Attachments.Api.Controllers.OwnedAttachments;

/// <summary>Descriptions and examples of owned attachments in the OpenAPI document.</summary>
internal static class OwnedAttachmentExamples
{
    public const string NewFields =
        "The field `file` holds the bytes; the fields may come in any order. `filename` defaults to that of the part. "
        + "A file in a field of another name is refused.";

    public const string Changes =
        "All fields are optional; only the fields sent are changed. `sequence_map_for` is a JSON object, integer or string (in a form: "
        + "its JSON text); `\"\"`, `null` and `\"None\"` clear it. `owned_by_org` is an integer, or `null` or `\"\"` for none. In a "
        + "multipart form the field `file` replaces the bytes, and a file in a field of another name is refused. A member `file` in JSON is "
        + "refused: JSON cannot replace the bytes.";

    public const string NewForm =
        """
        {
          "filename": "nerd_sniping.png",
          "description": "A file for testing",
          "sequence_map_for": "{\"id\":5,\"name\":\"pUC19\"}"
        }
        """;

    public const string Json =
        """{ "filename": "nerd_sniping.png", "description": "A file for testing", "sequence_map_for": { "id": 5, "name": "pUC19" } }""";

    public const string Form =
        """{ "filename": "nerd_sniping.png", "description": "A file for testing", "sequence_map_for": "None" }""";

    public const string Entry =
        """
        {
          "id": 1,
          "filename": "nerd_sniping.png",
          "description": "A file for testing",
          "download_url": "/v1/uploaded-file/attachment_1/nerd_sniping.png",
          "s3_resource_deleted": false,
          "created_at": "2020-07-22T05:08:21+0000",
          "updated_at": "2020-07-22T05:08:21+0000",
          "sequence_map_for": "None",
          "owned_by_org": 3,
          "owned_by_user": "06fca1ec-8a9d-485b-8a37-3eba49081aec"
        }
        """;

    public const string Entries = $"[{Entry}]";
}
