using System.Globalization;
using System.Net.Http.Json;

namespace Attachments.CrashTests;

/// <summary>Makes, changes and deletes owned attachments, each under a file name that is never used again.</summary>
internal sealed class OwnedActor(int number) : Actor
{
    private const int MostAtOnce = 6;

    private int made;

    protected override Act Next(Random random)
    {
        var present = Slots.Where(slot => slot.Known is not null).ToList();
        if (present.Count == 0 || (present.Count < MostAtOnce && random.Next(3) == 0))
        {
            return Create(Payload.Random(random));
        }

        var slot = present[random.Next(present.Count)];
        var description = random.Next().ToString(CultureInfo.InvariantCulture);
        var (digest, _) = Split(slot.Known!);
        return random.Next(3) switch
        {
            0 => Delete(slot),
            1 => Change(slot, $"{digest} {description}", () => JsonContent.Create(new { description })),
            _ => Replace(slot, Payload.Random(random), description),
        };
    }

    private Act Create(Payload payload)
    {
        var fileName = $"owned-{number}-{made++}.bin";
        var slot = Add($"owned attachment {fileName}", client => OwnedAttachments.Version(client, fileName));
        return new(
            $"POST of {slot}",
            (client, leave) => client.PostAsync("/v1/attachments/", Form(payload, "new", fileName), leave),
            [(slot, $"{payload.Version} new")]);
    }

    private static Act Replace(Slot slot, Payload payload, string description) =>
        Change(slot, $"{payload.Version} {description}", () => Form(payload, description, "ignored.bin"));

    private static Act Change(Slot slot, string after, Func<HttpContent> body) => new(
        $"PUT of {slot}",
        async (client, leave) => await client.PutAsync($"/v1/attachments/{await FindId(slot, client)}", body(), leave),
        [(slot, after)]);

    public static Act Delete(Slot slot) => new(
        $"DELETE of {slot}",
        async (client, leave) => await client.DeleteAsync($"/v1/attachments/{await FindId(slot, client)}", leave),
        [(slot, null)]);

    private static Task<long> FindId(Slot slot, HttpClient client) => OwnedAttachments.Id(client, slot.Name.Split(' ')[^1]);

    private static (string Digest, string Description) Split(string version) =>
        version.Split(' ', 2) is [var digest, var description] ? (digest, description) : throw new FormatException(version);

    private static MultipartFormDataContent Form(Payload payload, string description, string fileName) => new()
    {
        { new StringContent(description), "description" },
        { payload.Content(), "file", fileName },
    };
}
