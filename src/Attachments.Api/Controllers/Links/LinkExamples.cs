namespace Attachments.Api.Controllers.Links;

internal static class LinkExamples
{
    public const string Description =
        """
        Up to 1000 items in `links`; one item may also be sent by itself, without `links`. A member that is not known is refused.
        """;

    public const string Items =
        """
        {"links":[
          {"url":"/api/v1/project/7/sessions/trip-42/attachments/photo","expires_in":600,"pin":true},
          {"url":"/api/v1/project/7/sessions/trip-42/attachments/sketch","method":"PUT","max_bytes":1000000,"media_type":"image/*","max_uses":3}
        ]}
        """;

    public const string Made =
        """
        {"links":[
          {"url":"http://localhost:5080/api/v1/project/7/sessions/trip-42/attachments/photo?link=eyJhbGciOiJIUzI1NiIsImtpZCI6ImRldmVsb3BtZW50Ii…",
           "method":"GET","expires_at":"2026-11-27T12:05:00Z"},
          {"error":{"status":404,"code":"session_not_found","detail":"Project 7 has no session 'trip-42'."}}
        ]}
        """;

    public const string List =
        """
        {"links":[
          {"id":"019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5","method":"GET","target":"/api/v1/project/7/sessions/trip-42/attachments/photo",
           "expires_at":"2026-11-27T12:05:00Z","uses":1,"max_uses":3,"last_used_at":"2026-11-27T12:00:00Z"}
        ]}
        """;
}
