using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Attachments.CrashTests;

/// <summary>Collects files in a temporary set, and then drops it or claims it into a record, a session or owned attachments.</summary>
internal sealed class SetActor : Actor
{
    private const int MostItems = 6;

    /// <summary>What an owner may have of claimed files, so that a long run is not a long wait for all of them to be looked at.</summary>
    private const int MostClaimed = 20;

    private readonly int number;
    private readonly Slot record;
    private readonly Slot session;
    private readonly Dictionary<string, Slot> items = [];
    private readonly HashSet<Slot> inRecord = [];
    private readonly HashSet<Slot> inSession = [];
    private readonly HashSet<Slot> owned = [];

    private Guid set;
    private int made;

    public SetActor(int number)
    {
        this.number = number;
        set = NewSet();
        record = Add($"record {RecordId}", async client => await Look.Document(client, $"/api/records/{RecordId}") is null ? null : There);
        session = Add($"session {Uuid}", async client => await Look.Document(client, SessionUrl) is null ? null : There);
    }

    private string RecordId => $"Claims/{number}";

    private string Uuid => $"claims-{number}";

    private string SessionUrl => $"/api/v1/project/1/sessions/{Uuid}";

    private string SetUrl => $"/api/temporaryattachmentset/{set}";

    private IReadOnlyList<Slot> Present => Held(items.Values);

    protected override Act Next(Random random)
    {
        if (record.Known is null)
        {
            return Make(
                record, "/api/records/Claims", $$"""{ "data": { "type": "record", "id": "{{RecordId}}" } }""", "application/vnd.api+json");
        }

        if (session.Known is null)
        {
            return Make(
                session,
                "/api/v1/project/1/sessions",
                $$"""{ "session": { "uuid": "{{Uuid}}", "unit_id": "unit" } }""",
                "application/json");
        }

        if (Held(inRecord) is { Count: > MostClaimed } files)
        {
            return Delete(record, $"/api/records/{RecordId}", files);
        }

        if (Held(inSession) is { Count: > MostClaimed } points)
        {
            return Delete(session, SessionUrl, points);
        }

        if (Held(owned) is { Count: > MostClaimed } attachments)
        {
            return OwnedActor.Delete(attachments[0]);
        }

        var present = Present;
        if (present.Count == 0 || (present.Count < MostItems && random.Next(2) == 0))
        {
            return Upload([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Payload.Random(random))]);
        }

        return random.Next(6) switch
        {
            0 => DeleteItem(present[random.Next(present.Count)]),
            1 => Drop(),
            2 => ClaimIntoRecord(),
            3 => ClaimIntoSession(),
            _ => ClaimIntoOwned(),
        };
    }

    protected override void Settled(Act act, bool done)
    {
        // A set that was dropped or claimed is as if never used. A new one, so that what is left of the old would be noticed.
        if (done && items.Count > 0 && Present.Count == 0)
        {
            items.Clear();
            set = NewSet();
        }
    }

    private static IReadOnlyList<Slot> Held(IEnumerable<Slot> slots) => [.. slots.Where(slot => slot.Known is not null)];

    /// <summary>Sets are named by number, so that a run can be repeated.</summary>
    private Guid NewSet() => new(number, (short)(made >> 16), (short)made, 0x80, 0, 0, 0, 0, 0, 0, 1);

    private static Act Make(Slot slot, string url, string document, string mediaType) => new(
        $"POST of {slot}",
        (client, leave) => client.PostAsync(url, new StringContent(document, new MediaTypeHeaderValue(mediaType)), leave),
        [(slot, There)]);

    private Act Upload(IReadOnlyList<Payload> payloads)
    {
        var added = payloads.Select(payload => (Slot: AddItem($"item-{number}-{made++}.bin"), Payload: payload)).ToList();
        var url = SetUrl;
        return new(
            $"POST of {added.Count} items to set {set}",
            (client, leave) =>
            {
                var form = new MultipartFormDataContent();
                foreach (var (slot, payload) in added)
                {
                    form.Add(payload.Content("image/png"), GetName(slot), GetName(slot));
                }

                return client.PostAsync(url, form, leave);
            },
            [.. added.Select(item => (item.Slot, (string?)item.Payload.Version))]);
    }

    private Act DeleteItem(Slot slot)
    {
        var url = SetUrl;
        return new(
            $"DELETE of {slot}",
            async (client, leave) => await client.DeleteAsync((await Find(client, url, GetName(slot)))!["Self"]!.GetValue<string>(), leave),
            [(slot, null)]);
    }

    private Act Drop()
    {
        var url = SetUrl;
        return new($"DELETE of set {set}", (client, leave) => client.DeleteAsync(url, leave), Gone());
    }

    private Act ClaimIntoRecord()
    {
        var folder = $"set {made++}";
        var target = new { Record = new { FormType = "Claims", Id = $"{number}", Folder = folder } };
        return Claim(target, inRecord, name => Add(
            $"file {folder}/{name} of record {RecordId}",
            client => Look.Digest(client, $"/api/records/{RecordId}/attachments/content/{Uri.EscapeDataString(folder)}/{name}")));
    }

    private Act ClaimIntoSession() => Claim(
        new { Session = new { ProjectId = 1, Uuid } },
        inSession,
        name => Add($"point {name} of session {Uuid}", client => Look.Digest(client, $"{SessionUrl}/attachments/{name}")));

    private Act ClaimIntoOwned() => Claim(
        new { Owned = new { } },
        owned,
        name => Add($"owned attachment {name}", client => OwnedAttachments.Version(client, name)),
        (name, digest) => $"{digest} {name}");

    /// <summary>All items move, or none.</summary>
    private Act Claim(object target, HashSet<Slot> claimed, Func<string, Slot> newOwner, Func<string, string, string>? version = null)
    {
        var url = SetUrl;
        var moved = Present
            .Select(item => (newOwner(GetName(item)), (string?)(version is null ? item.Known! : version(GetName(item), item.Known!))))
            .ToList();
        claimed.UnionWith(moved.Select(file => file.Item1));
        return new(
            $"claim of set {set}",
            (client, leave) => client.PostAsync($"{url}/claim", JsonContent.Create(target, options: new()), leave),
            [.. moved, .. Gone()]);
    }

    private List<(Slot Slot, string? After)> Gone() => [.. Present.Select(item => (item, (string?)null))];

    private Slot AddItem(string name)
    {
        var url = SetUrl;
        var slot = Add(
            $"item {name}",
            async client => await Find(client, url, name) is { } item
                ? await Look.Digest(client, item["Content"]!.GetValue<string>())
                : null);
        items[name] = slot;
        return slot;
    }

    private static async Task<JsonNode?> Find(HttpClient client, string url, string name)
    {
        var found = await Look.Document(client, $"{url}?$filter={Uri.EscapeDataString($"FileName eq '{name}'")}");
        return found!["Items"]!.AsArray().SingleOrDefault();
    }

    private static string GetName(Slot slot) => slot.Name.Split(' ')[^1];
}
