using System.Globalization;
using Attachments.Api.Callers;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Access;

/// <summary>Something of every family, which no other scene has, and those who may or may not use it.</summary>
internal sealed class Scene
{
    public const long Project = 7;
    public const long AnotherProject = 8;
    public const long Organisation = 3;
    public const string Point = "p";
    public const string File = "a";
    public const string Folder = "folder";
    public const string Record = "1";

    private static readonly Guid Owner = Guid.NewGuid();
    private static readonly byte[] Bytes = Files.Make(Files.Small);

    private Scene(FormType forms, string set, string item, long attachment, string link, string upload)
    {
        Link = link;
        Upload = upload;
        Forms = forms;
        Set = set;
        Item = item;
        Attachment = attachment;
    }

    public string Session { get; } = Guid.NewGuid().ToString();

    public FormType Forms { get; }

    public string Set { get; }

    public string Item { get; }

    public long Attachment { get; }

    /// <summary>A revocable link of the owner's.</summary>
    public string Link { get; }

    /// <summary>An open upload of the owner's, of more than ten bytes.</summary>
    public string Upload { get; }

    /// <summary>A disabled webhook that has been tested, where it is asked for.</summary>
    public (string Id, string Test) Webhook { get; private init; }

    /// <summary>A session of <see cref="Project"/>, a record with two files, and a set, an attachment and a link of the owner's.</summary>
    public static async Task<Scene> Make(RunningService service, string pattern = "/v1/webhooks/")
    {
        using var owner = service.ClientWith(Token(service, Who.Owner));
        var set = TemporarySet.New(owner);
        var item = (await set.Have("a"))[0].Id();
        var attachment = await new OwnedFiles(service.Admin, Owner).Have(Bytes, ("owned_by_org", $"{Organisation}"));
        var patch = Body.Json($$"""{"owned_by_user":"{{Owner}}"}""");
        (await new OwnedFiles(service.Admin, Owner).Patch(attachment, patch)).ShouldBeEntry();
        var link = (await owner.MakeLink(TemporarySet.Contents(item), """ "revocable":true """)).GetProperty("id").GetString()!;
        var upload = (await owner.Have("/v1/attachments/", 20))["/uploads/".Length..];
        var scene = new Scene(FormType.New(service.Admin), set.Id, item, attachment, link, upload)
        {
            Webhook = pattern.StartsWith("/v1/webhooks/", StringComparison.Ordinal)
                ? await MakeWebhook(service.Admin)
                : ($"{Guid.Empty}", $"{Guid.Empty}"),
        };
        await new Project(service.Admin, Project).HaveFile(scene.Session, Point, Bytes);
        await scene.Forms.Have(Record);
        await scene.Forms.HaveFile(Record, File, Bytes);
        await scene.Forms.HaveFile(Record, $"{Folder}/{File}", Bytes);
        return scene;
    }

    /// <summary>The token of one of them; null: none.</summary>
    public static string? Token(RunningService service, Who who) => who switch
    {
        Who.NoToken => null,
        Who.GarbageToken => "garbage",
        Who.ExpiredToken => service.SignEarlier(
            new TokenRequest("admin") { IsAdmin = true, Lifetime = TimeSpan.FromMinutes(1) }, TimeSpan.FromHours(1)),
        Who.Stranger => service.Sign(new TokenRequest("stranger")),
        Who.Project => service.Sign(new TokenRequest("engineer") { Projects = [Project] }),
        Who.AnotherProject => service.Sign(new TokenRequest("engineer") { Projects = [AnotherProject] }),
        Who.RecordsRead => service.Sign(new TokenRequest("reader") { Scope = "records:read" }),
        Who.Records => service.Sign(new TokenRequest("clerk") { Scope = "records" }),
        Who.Organisation => service.Sign(new TokenRequest("colleague") { Organisations = [Organisation] }),
        Who.AnotherOrganisation => service.Sign(new TokenRequest("competitor") { Organisations = [Organisation + 1] }),
        Who.Owner => service.Sign(new TokenRequest(Owner.ToString())),
        Who.Admin => service.AdminToken,
        _ => throw new ArgumentOutOfRangeException(nameof(who)),
    };

    /// <summary>A disabled webhook, and the id of a test that it was sent.</summary>
    public static async Task<(string Id, string Test)> MakeWebhook(HttpClient admin)
    {
        var made = await admin.Ask(
            HttpMethod.Post, "/v1/webhooks", Body.Json("""{"url":"https://localhost/","types":["set.expired"],"state":"disabled"}"""));
        var id = made.Json.GetProperty("id").GetString()!;
        var test = await admin.Ask(HttpMethod.Post, $"/v1/webhooks/{id}/test");
        await Eventually.Holds(
            async () => (await admin.Ask(HttpMethod.Get, $"/v1/webhooks/{id}/deliveries?state=pending")).Json.GetProperty("deliveries").GetArrayLength() == 0,
            "the test has ended");
        return (id, test.Json.GetProperty("change").GetString()!);
    }

    /// <summary>A route's pattern with what is here in the place of its parameters.</summary>
    public string Target(string pattern)
    {
        var (id, filename) = pattern switch
        {
            ['/', 'a', 'p', 'i', '/', 'v', '1', ..] => (Point, ""),
            ['/', 'a', 'p', 'i', '/', ..] => (Set, File),
            ['/', 'v', '1', '/', 'l', ..] => (Link, ""),
            ['/', 'u', ..] => (Upload, ""),
            ['/', 'v', '1', '/', 'w', ..] => (Webhook.Id, ""),
            _ => (Attachment.ToString(CultureInfo.InvariantCulture), OwnedFiles.PhotoName),
        };
        if (pattern.EndsWith("attachments/archive", StringComparison.Ordinal))
        {
            return $"{pattern}?ids={Attachment}";
        }

        return pattern
            .Replace("{project_id}", $"{Project}", StringComparison.Ordinal)
            .Replace("{session_id}", Session, StringComparison.Ordinal)
            .Replace("{eformtype}", Uri.EscapeDataString(Forms.Name), StringComparison.Ordinal)
            .Replace("{recordid}", Record, StringComparison.Ordinal)
            .Replace("{folder}", Folder, StringComparison.Ordinal)
            .Replace("{attachmentId}", Item, StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal)
            .Replace("{change}", Webhook.Test, StringComparison.Ordinal)
            .Replace("{filename}", filename, StringComparison.Ordinal)
            .Replace("{id}", id, StringComparison.Ordinal);
    }
}
