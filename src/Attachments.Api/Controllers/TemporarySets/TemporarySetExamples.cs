namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>Descriptions and examples of temporary sets in the OpenAPI document.</summary>
internal static class TemporarySetExamples
{
    public const string Upload =
        "Any `multipart/*` is taken, such as `multipart/mixed`. A part is a file when its `Content-Disposition` (`attachment` or `form-data`) has a `filename`; its `name` is "
        + "the file's name in the set, which defaults to the file name.";

    private const string Self =
        "http://localhost/api/temporaryattachmentset/4bb709c2-e0e7-4af3-9f60-a045016a9610/attachment/0190f2a1-7c3e-7b52-9d2e-3f1f6a1c0b44";

    public const string Item =
        $$"""
        {
          "TemporaryId": "4bb709c2-e0e7-4af3-9f60-a045016a9610",
          "Id": "0190f2a1-7c3e-7b52-9d2e-3f1f6a1c0b44",
          "Name": "Test Image",
          "FileName": "test.png",
          "ContentType": "image/png",
          "CreatedAt": "2015-12-16T07:40:18Z",
          "CreatedById": "2b364daa-0dff-4a6f-8554-f5963d3011be",
          "Size": 122454,
          "Self": "{{Self}}",
          "Content": "http://localhost/api/attachment/0190f2a1-7c3e-7b52-9d2e-3f1f6a1c0b44/contents"
        }
        """;

    public const string Items = $"[{Item}]";

    public const string List = $$"""{ "Items": {{Items}} }""";

    public const string Set =
        """
        {
          "Id": "4bb709c2-e0e7-4af3-9f60-a045016a9610",
          "Self": "http://localhost/api/temporaryattachmentset/4bb709c2-e0e7-4af3-9f60-a045016a9610"
        }
        """;

    public const string Removed = """{ "Id": "4bb709c2-e0e7-4af3-9f60-a045016a9610" }""";

    public const string Claim =
        """
        {
          "Record": {
            "FormType": "Contract",
            "Id": "57",
            "Folder": "drafts"
          }
        }
        """;

    public const string Claimed =
        """
        {
          "Record": {
            "FormType": "Contract",
            "Id": "57",
            "Attachments": [
              {
                "type": "attachment",
                "id": "Contract/57/attachments/drafts/test.png",
                "attributes": { "mimetype": "image/png", "size": 122454 },
                "links": { "content": "http://localhost/api/records/Contract/57/attachments/content/drafts/test.png" }
              }
            ]
          }
        }
        """;
}
