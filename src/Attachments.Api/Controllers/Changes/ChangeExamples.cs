namespace Attachments.Api.Controllers.Changes;

internal static class ChangeExamples
{
    public const string Page =
        """
        {"changes":[
          {"id":"019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5","type":"session.attachment.stored","timestamp":"2026-11-28T12:00:00.123Z",
           "by":"0195d2b0-0000-7000-8000-000000000001","revision":1,"subject":"/api/v1/project/7/sessions/trip-42/attachments/photo",
           "data":{"project_id":7,"session_id":"trip-42","id":"photo","content":{"length":40244,
           "sha256":"4d1f4a0b5f0a4f6f7d5c8d9a0e1b2c3d4e5f60718293a4b5c6d7e8f901234567","media_type":"image/jpeg"}}},
          {"id":"019ac5e2-7d10-7f0a-b2a1-5f6c7d8e9f00","type":"set.dropped","timestamp":"2026-11-28T12:00:08.400Z",
           "by":"0195d2b0-0000-7000-8000-000000000001","revision":3,"subject":"/api/temporaryattachmentset/4bb709c2-e0e7-4af3-9f60-a045016a9610",
           "data":{"set":"4bb709c2-e0e7-4af3-9f60-a045016a9610"}}
         ],"next":"NjJjZTQ1MmFkM2U2NGE3Yzg1N2I2ZTI5ZmU3M2Y1MjkuMTc0Mg","more":false}
        """;

    public const string Stream =
        "id: NjJjZTQ1MmFkM2U2NGE3Yzg1N2I2ZTI5ZmU3M2Y1MjkuMTc0MQ\n"
        + "data: {\"id\":\"019ac5e2-5c70-7e53-8c34-1f2d9b1ce1a5\",\"type\":\"session.deleted\",\"timestamp\":\"2026-11-28T12:00:00.123Z\","
        + "\"by\":null,\"revision\":2,\"subject\":\"/api/v1/project/7/sessions/trip-42\",\"data\":{\"project_id\":7,\"session_id\":\"trip-42\"}}\n\n"
        + ":\nid: NjJjZTQ1MmFkM2U2NGE3Yzg1N2I2ZTI5ZmU3M2Y1MjkuMTc0Mg\n\n";
}
