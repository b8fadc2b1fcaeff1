using System.Globalization;
using System.Net.Http.Headers;

namespace Attachments.CrashTests;

/// <summary>Makes, changes and deletes one record and its files, at the root and in folders.</summary>
internal sealed class RecordActor : Actor
{
    private static readonly string[] Paths = ["a.bin", "b.bin", "folder/c.bin", "content/d.bin"];

    private readonly int number;
    private readonly Slot record;
    private readonly Slot[] files;

    public RecordActor(int number)
    {
        this.number = number;
        record = Add(
            $"record {Id}", async client => (await Look.Document(client, Url))?["data"]!["attributes"]!["version"]!.ToJsonString());
        files =
        [
            .. Paths.Select(path => Add(
                $"file {path} of record {Id}", client => Look.Digest(client, $"{Url}/attachments/content/{path}"))),
        ];
    }

    private string Id => $"Crash test/{number}";

    private string Url => $"/api/records/Crash%20test/{number}";

    protected override Act Next(Random random)
    {
        var version = random.Next(1_000_000).ToString(CultureInfo.InvariantCulture);
        if (record.Known is null)
        {
            return new Act(
                $"POST of {record}",
                (client, leave) => client.PostAsync("/api/records/Crash%20test", Document(version), leave),
                [(record, version)]);
        }

        var file = random.Next(files.Length);
        return random.Next(20) switch
        {
            < 1 => Delete(record, Url, files),
            < 4 => new Act(
                $"PATCH of {record}", (client, leave) => client.PatchAsync(Url, Document(version), leave), [(record, version)]),
            < 8 when files[file].Known is not null => Delete(files[file], $"{Url}/attachments/{Paths[file]}"),
            _ => Upload(file, Payload.Random(random)),
        };
    }

    private Act Upload(int file, Payload payload) => new(
        $"POST of {files[file]}",
        (client, leave) => client.PostAsync($"{Url}/attachments/content/{Paths[file]}", payload.Content(), leave),
        [(files[file], payload.Version)]);

    private StringContent Document(string version) => new(
        $$"""{ "data": { "type": "record", "id": "{{Id}}", "attributes": { "version": {{version}} } } }""",
        new MediaTypeHeaderValue("application/vnd.api+json"));
}
