namespace Attachments.Api.Controllers.Webhooks;

internal static class WebhookExamples
{
    public const string Description = "A member that is not known is refused.";

    public const string New =
        """
        {"url":"https://search.example.org/hooks/attachments","types":["session.attachment.stored","session.attachment.deleted"],
         "project":7,"description":"the index of the search"}
        """;

    public const string Change = """{"state":"active"}""";

    public const string Replay = """{"after":"MDE5YWM1ZTI1YzcwN2U1MzhjMzQxZjJkOWIxY2UxYTUuNDI"}""";

    public const string Made =
        """
        {"id":"019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5","url":"https://search.example.org/hooks/attachments",
         "types":["session.attachment.stored","session.attachment.deleted"],"project":7,"description":"the index of the search",
         "state":"active","created_at":"2026-11-28T09:00:00.000Z","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw3v1b2x5c7dE="}
        """;

    public const string Webhook =
        """
        {"id":"019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5","url":"https://search.example.org/hooks/attachments",
         "types":["session.attachment.stored","session.attachment.deleted"],"project":7,"description":"the index of the search",
         "state":"disabled","disabled_reason":"gone","disabled_at":"2026-11-28T09:05:00.000Z","created_at":"2026-11-28T09:00:00.000Z"}
        """;

    public const string List =
        """
        {"webhooks":[
          {"id":"019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5","url":"https://search.example.org/hooks/attachments","types":[],"description":"",
           "state":"active","created_at":"2026-11-28T09:00:00.000Z"}
        ]}
        """;

    public const string Test = """{"change":"019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a6"}""";

    public const string Deliveries =
        """
        {"deliveries":[
          {"change":"019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a7","type":"session.attachment.stored","state":"pending","attempts":2,
           "created_at":"2026-11-28T09:00:00.000Z","next_attempt_at":"2026-11-28T09:05:07.412Z","last_attempt_at":"2026-11-28T09:00:05.201Z",
           "status":503,"error":"answered_with_failure","answer":"The index is being rebuilt."}
        ]}
        """;
}
