namespace Attachments.CrashTests;

/// <summary>Makes, changes and deletes one session and the files of its points.</summary>
internal sealed class SessionActor : Actor
{
    private const string Sessions = "/api/v1/project/1/sessions";
    private const int PointCount = 4;

    private readonly string uuid;
    private readonly Slot session;
    private readonly Slot[] points;

    public SessionActor(int number)
    {
        uuid = $"crash-{number}";
        session = Add(
            $"session {uuid}", async client => await Look.Document(client, $"{Sessions}/{uuid}") is null ? null : There);
        points = [.. Enumerable.Range(0, PointCount).Select(i => Add(
            $"point p{i} of session {uuid}", client => Look.Digest(client, GetUrl(i))))];
    }

    protected override Act Next(Random random)
    {
        if (session.Known is null)
        {
            return Post(random);
        }

        var point = random.Next(PointCount);
        return random.Next(20) switch
        {
            < 3 => Post(random),
            < 5 => Delete(session, $"{Sessions}/{uuid}", points),
            < 8 => Merge(random),
            < 12 when points[point].Known is not null => Delete(points[point], GetUrl(point)),
            _ => Attach(point, Payload.Random(random)),
        };
    }

    private Act Attach(int point, Payload payload) => new(
        $"PUT of {points[point]}",
        (client, leave) => client.PutAsync(GetUrl(point), payload.Content(), leave),
        [(points[point], payload.Version)]);

    /// <summary>Replaces the session, if there is one, with all its files.</summary>
    private Act Post(Random random)
    {
        var files = SomeFiles(random);
        return new(
            $"POST of {session}",
            (client, leave) => client.PostAsync(Sessions, Form(files), leave),
            [(session, There), .. points.Select((point, i) => (point, files.GetValueOrDefault(i)?.Version))]);
    }

    /// <summary>Adds to the session, or replaces in it, some files at once.</summary>
    private Act Merge(Random random)
    {
        var files = SomeFiles(random);
        return new(
            $"PUT of {session}",
            (client, leave) => client.PutAsync($"{Sessions}/{uuid}", Form(files), leave),
            [(session, There), .. files.Select(file => (points[file.Key], (string?)file.Value.Version))]);
    }

    private static Dictionary<int, Payload> SomeFiles(Random random) => Enumerable.Range(0, PointCount)
        .Where(_ => random.Next(2) == 0)
        .ToDictionary(i => i, _ => Payload.Random(random));

    private MultipartFormDataContent Form(Dictionary<int, Payload> files)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent(uuid), "session[uuid]" },
            { new StringContent("unit"), "session[unit_id]" },
        };
        foreach (var (point, payload) in files)
        {
            form.Add(payload.Content(), $"session[data][p{point}]", $"{point}.bin");
        }

        return form;
    }

    private string GetUrl(int point) => $"{Sessions}/{uuid}/attachments/p{point}";
}
