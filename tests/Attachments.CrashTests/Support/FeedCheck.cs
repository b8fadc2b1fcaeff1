using System.Security.Cryptography;
using System.Text.Json;

namespace Attachments.CrashTests;

/// <summary>Holds what the feed says against what the actors know.</summary>
internal static class FeedCheck
{
    private const int DigestLength = 64;

    private static readonly string Empty = Convert.ToHexStringLower(SHA256.HashData([]));

    /// <summary>Reads the feed to its end with both readers, once everything is numbered, and finds what is wrong with it.</summary>
    public static async Task<IReadOnlyList<string>> Inspect(
        HttpClient client, World world, FeedReader first, FeedReader second, IReadOnlyList<Actor> actors, bool mayRepeat)
    {
        await Eventually.Holds(
            () => Sql.Scalar<bool>(world.Database, "SELECT NOT EXISTS (SELECT FROM changes WHERE position IS NULL)"), "every change has its position");
        await first.ReadToEnd(client);
        await second.ReadToEnd(client);
        var changes = first.Changes;
        var slots = actors.SelectMany(actor => actor.Slots).ToList();
        return
        [
            .. changes.Select(Id).SequenceEqual(second.Changes.Select(Id)) ? [] : new[] { "the two readers have not read the same" },
            .. changes.Select(Id).GroupBy(id => id).Where(group => group.Count() > 1).Select(group => $"the change {group.Key} is there twice"),
            .. OutOfOrder(changes),
            .. Compare(
                "written",
                [.. slots.SelectMany(slot => slot.Versions).Select(Digest).OfType<string>()],
                [.. changes.Where(IsWrite).Select(Content).OfType<string>()],
                mayRepeat),
            .. Compare("there", [.. slots.Select(slot => Digest(slot.Known)).OfType<string>()], Replay(changes), mayRepeat: false),
        ];
    }

    /// <summary>The digests of all files that must be there, if what the feed says has happened.</summary>
    private static List<string> Replay(IReadOnlyList<JsonElement> changes)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            var (type, subject) = (Text(change, "type"), Text(change, "subject"));
            if (IsWrite(change) && Content(change) is { } digest)
            {
                files[subject] = digest;
            }
            else if (type is not ("session.updated" or "record.updated"))
            {
                // The end of a container, or the beginning of another in its place, is that of all in it.
                foreach (var file in files.Keys.Where(file => file == subject || file.StartsWith(subject + "/", StringComparison.Ordinal)).ToList())
                {
                    files.Remove(file);
                }
            }
        }

        return [.. files.Values];
    }

    /// <summary>The changes whose revision is less than that of an earlier one of the same object. What is made again begins anew.</summary>
    private static IEnumerable<string> OutOfOrder(IEnumerable<JsonElement> changes)
    {
        var revisions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            var (type, revision) = (Text(change, "type"), change.GetProperty("revision").GetInt64());
            var key = Object(change);
            if (type.EndsWith(".created", StringComparison.Ordinal))
            {
                revisions.Remove(key);
                revisions.Remove(key + FilesOf);
            }
            else if (revisions.TryGetValue(key, out var before) && revision < before)
            {
                yield return $"after revision {before} of {key}: {change}";
            }

            revisions[key] = revision;
            if (type is "set.dropped" or "set.expired" or "set.claimed")
            {
                revisions.Remove(key);
            }
        }
    }

    private const string FilesOf = " files";

    private static string Object(JsonElement change)
    {
        var data = change.GetProperty("data");
        return Text(change, "type").Split('.')[0] switch
        {
            "session" => $"session {data.GetProperty("session_id")}",
            "record" => $"record {data.GetProperty("eformtype")}/{data.GetProperty("recordid")}{(data.TryGetProperty("filename", out _) ? FilesOf : "")}",
            "set" => $"set {data.GetProperty("set")}",
            _ => $"attachment {data.GetProperty("id")}",
        };
    }

    private static IEnumerable<string> Compare(string what, List<string> known, List<string> told, bool mayRepeat)
    {
        var expected = Count(known);
        var actual = Count(told);
        return
            from digest in expected.Keys.Union(actual.Keys)
            let times = (Known: expected.GetValueOrDefault(digest), Told: actual.GetValueOrDefault(digest))
            where mayRepeat ? times.Known > times.Told || (times.Known == 0 && times.Told > 0) : times.Known != times.Told
            select $"{digest} was {what} {times.Known} times, and in the feed {times.Told} times";
    }

    // Whether one empty file was replaced by another nobody can see.
    private static Dictionary<string, int> Count(IEnumerable<string> digests) =>
        digests.Where(digest => digest != Empty).GroupBy(digest => digest).ToDictionary(group => group.Key, group => group.Count());

    private static bool IsWrite(JsonElement change) => Text(change, "type") is "session.attachment.stored" or "record.attachment.stored"
        or "set.item.stored" or "attachment.created" or "attachment.updated";

    private static string? Content(JsonElement change) =>
        change.GetProperty("data").TryGetProperty("content", out var content) ? Text(content, "sha256") : null;

    /// <summary>Of a version of a slot, which may have more than that.</summary>
    private static string? Digest(string? version) => version?.Split(' ')[0] is { Length: DigestLength } digest ? digest : null;

    private static string Id(JsonElement change) => Text(change, "id");

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;
}
