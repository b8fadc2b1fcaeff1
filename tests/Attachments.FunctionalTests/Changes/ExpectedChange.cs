using System.Text.Json;
using System.Text.Json.Nodes;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Changes;

/// <summary>What the feed is to say.</summary>
/// <param name="Type">The type.</param>
/// <param name="Revision">After the change.</param>
/// <param name="Subject">The path.</param>
/// <param name="Data">The ids.</param>
internal sealed record ExpectedChange(string Type, long Revision, string Subject, JsonObject Data)
{
    public static ExpectedChange Session(string type, long revision, long project, string uuid) => new(
        type, revision, $"/api/v1/project/{project}/sessions/{uuid}", new JsonObject { ["project_id"] = project, ["session_id"] = uuid });

    public static ExpectedChange Point(string type, long revision, long project, string uuid, string point) => new(
        type,
        revision,
        $"/api/v1/project/{project}/sessions/{uuid}/attachments/{point}",
        new JsonObject { ["project_id"] = project, ["session_id"] = uuid, ["id"] = point });

    public static ExpectedChange Record(string type, long revision, string formType, string id) => new(
        type,
        revision,
        $"/api/records/{Uri.EscapeDataString(formType)}/{id}",
        new JsonObject { ["eformtype"] = formType, ["recordid"] = id });

    public static ExpectedChange RecordFile(string type, long revision, string formType, string id, string? folder, string name)
    {
        var data = new JsonObject { ["eformtype"] = formType, ["recordid"] = id, ["filename"] = name };
        if (folder is not null)
        {
            data["folder"] = folder;
        }

        var path = string.Join('/', new[] { folder, name }.OfType<string>().Select(Uri.EscapeDataString));
        return new(type, revision, $"/api/records/{Uri.EscapeDataString(formType)}/{id}/attachments/content/{path}", data);
    }

    public static ExpectedChange Set(string type, long revision, string set) =>
        new(type, revision, $"/api/temporaryattachmentset/{set}", new JsonObject { ["set"] = set });

    public static ExpectedChange Item(string type, long revision, string set, string item) => new(
        type, revision, $"/api/temporaryattachmentset/{set}/attachment/{item}", new JsonObject { ["set"] = set, ["id"] = item });

    public static ExpectedChange Owned(string type, long revision, long id) =>
        new(type, revision, $"/v1/attachments/{id}", new JsonObject { ["id"] = id });

    public ExpectedChange With(byte[] file, string mediaType)
    {
        Data["content"] = new JsonObject { ["length"] = file.Length, ["sha256"] = file.Sha256(), ["media_type"] = mediaType };
        return this;
    }

    public ExpectedChange Replaced()
    {
        Data["replaced"] = true;
        return this;
    }

    public void ShouldBe(JsonElement change)
    {
        var expected = new JsonObject { ["type"] = Type, ["revision"] = Revision, ["subject"] = Subject, ["data"] = Data.DeepClone() };
        var actual = JsonNode.Parse(change.GetRawText())!.AsObject();
        foreach (var name in new[] { "id", "timestamp", "by" })
        {
            actual.Remove(name);
        }

        JsonNode.DeepEquals(actual, expected).ShouldBeTrue($"{actual.ToJsonString()}\nshould be\n{expected.ToJsonString()}");
    }

    public bool IsOfSomethingThere => Type is not ("session.deleted" or "session.attachment.deleted" or "record.deleted"
        or "record.attachment.deleted" or "set.item.deleted" or "set.dropped" or "set.expired" or "set.claimed" or "attachment.deleted");
}
