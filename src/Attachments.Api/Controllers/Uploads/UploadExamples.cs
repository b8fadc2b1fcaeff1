namespace Attachments.Api.Controllers.Uploads;

/// <summary>Examples in the API description.</summary>
internal static class UploadExamples
{
    public const string List =
        """
        {
          "uploads": [
            {
              "id": "0b9f5c0e-6d0e-4f6d-9a53-0d8c7b2f1a10",
              "target": "/v1/attachments/",
              "filename": "film.mp4",
              "length": 1073741824,
              "offset": 268435456,
              "created": "2026-11-28T08:00:00Z",
              "expires": "2026-11-29T08:05:30Z"
            }
          ]
        }
        """;

    public const string Finished =
        """
        {
          "id": "0b9f5c0e-6d0e-4f6d-9a53-0d8c7b2f1a10",
          "protocol": "tus",
          "target": "/api/v1/project/7/sessions/tree-12/attachments/photo",
          "filename": "photo.jpg",
          "length": 3,
          "offset": 3,
          "created": "2026-11-28T08:00:00Z",
          "expires": "2026-11-29T08:05:30Z",
          "result": {
            "status": 200,
            "content_location": "/api/v1/project/7/sessions/tree-12/attachments/photo",
            "etag": "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"",
            "body": { "status": "success", "result": { "length": 3, "md5": "900150983cd24fb0d6963f7d28e17f72" } }
          }
        }
        """;
}
