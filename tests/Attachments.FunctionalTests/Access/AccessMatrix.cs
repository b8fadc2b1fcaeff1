using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Access;

/// <summary>Every endpoint of the service, and who may use it.</summary>
internal static class AccessMatrix
{
    public const string Sessions = "/api/v1/project/{project_id}/sessions";
    public const string Session = Sessions + "/{session_id}";
    public const string Points = Session + "/attachments";
    public const string Point = Points + "/{id}";
    public const string Records = "/api/records/{eformtype}";
    public const string Record = Records + "/{recordid}";
    public const string RecordFiles = Record + "/attachments";
    public const string RecordFile = RecordFiles + "/content/{filename}";
    public const string RecordFileInFolder = RecordFiles + "/content/{folder}/{filename}";
    public const string Sets = "/api/temporaryattachmentsets";
    public const string Set = "/api/temporaryattachmentset/{id}";
    public const string Item = Set + "/attachment/{attachmentId}";
    public const string Contents = "/api/attachment/{attachmentId}/contents";
    public const string OwnedFile = "/v1/uploaded-file/attachment_{id}/{filename}";

    public const string Upload = "/uploads/{id}";
    public const string Webhooks = "/v1/webhooks";
    public const string Webhook = Webhooks + "/{id}";

    private static readonly byte[] Bytes = Files.Make(Files.Small, 2);

    public static readonly IReadOnlyList<MatrixLine> Lines = [.. AllButHead().SelectMany(WithHead)];

    /// <summary>One to read and one to write, of each family.</summary>
    public static readonly IReadOnlyList<MatrixLine> Samples =
    [
        .. Lines.Where(line => (line.Method, line.Pattern)
            is ("GET" or "PUT", Point) or ("GET" or "POST", RecordFile) or ("GET" or "POST", Set) or ("GET" or "POST", "/v1/attachments")),
    ];

    private static IEnumerable<MatrixLine> AllButHead() =>
    [
        .. InProject(),
        .. OfRecords(),
        .. OfSets(),
        .. OfOwned("/v1/attachments"),
        .. OfOwned("/attachments"),
        new("GET", OwnedFile, 200, Who.Owner | Who.Organisation | Who.Admin, 403),
        new("POST", "/v1/links", 200, Who.Known, 403) { Body = _ => Body.Json("""{"url":"/"}""") },
        new("GET", "/v1/links", 200, Who.Known, 403),
        new("DELETE", "/v1/links/{id}", 204, Who.Owner | Who.Admin, 404),
        new("GET", "/uploads", 200, Who.Known, 403),
        new("GET", "/v1/changes", 200, Who.Known, 403),
        new("GET", Upload, 200, Who.Owner | Who.Admin, 404) { IsTus = true },
        new("PATCH", Upload, 204, Who.Owner, 404) { IsTus = true, Body = Chunk, Fields = [("Upload-Offset", "0")] },
        new("POST", Upload, 204, Who.Owner, 404)
        {
            IsTus = true,
            Body = Chunk,
            Fields = [("Upload-Offset", "0"), ("X-HTTP-Method-Override", "PATCH")],
        },
        new("DELETE", Upload, 204, Who.Owner | Who.Admin, 404) { IsTus = true },
        .. OfWebhooks(),
        .. Public(),
    ];

    private static IEnumerable<MatrixLine> WithHead(MatrixLine line) =>
        line.Method == "GET" ? [line, line with { Method = "HEAD" }] : [line];

    private static HttpContent Chunk(Scene scene) => Body.Create(Bytes[..10], Tus.Chunk);

    private static IEnumerable<MatrixLine> InProject()
    {
        const Who allowed = Who.Project | Who.Admin;
        Func<Scene, HttpContent> session = _ => Body.Session("\"unit_id\":\"u\"");
        return
        [
            new("POST", Sessions, 200, allowed, 403) { Body = session },
            new("GET", Sessions, 200, allowed, 403),
            new("GET", Session, 200, allowed, 403),
            new("PUT", Session, 200, allowed, 403) { Body = session },
            new("DELETE", Session, 200, allowed, 403),
            new("GET", Points, 200, allowed, 403),
            new("GET", Session + "/archive", 200, allowed, 403),
            new("GET", Point, 200, allowed, 403),
            new("PUT", Point, 200, allowed, 403) { Body = _ => Body.Raw(Bytes) },
            new("POST", Point, 201, allowed, 403) { IsTus = true, Fields = [("Upload-Length", "10")] },
            new("DELETE", Point, 200, allowed, 403),
        ];
    }

    private static IEnumerable<MatrixLine> OfRecords()
    {
        const Who toRead = Who.RecordsRead | Who.Records | Who.Admin;
        const Who toWrite = Who.Records | Who.Admin;
        Func<Scene, HttpContent> unnamed = scene => scene.Forms.Document();
        Func<Scene, HttpContent> named = scene => scene.Forms.Document(id: Scene.Record);
        Func<Scene, HttpContent> file = _ => Body.Raw(Bytes);
        return
        [
            new("POST", Records, 201, toWrite, 403) { Body = unnamed },
            new("GET", Records, 200, toRead, 403),
            new("GET", Record, 200, toRead, 403),
            new("PUT", Record, 200, toWrite, 403) { Body = named },
            new("PATCH", Record, 200, toWrite, 403) { Body = named },
            new("DELETE", Record, 204, toWrite, 403),
            new("GET", RecordFiles, 200, toRead, 403),
            new("GET", Record + "/archive", 200, toRead, 403),
            new("GET", Record + "/archive/{folder}", 200, toRead, 403),
            new("GET", RecordFile, 200, toRead, 403),
            new("POST", RecordFile, 200, toWrite, 403) { Body = file },
            new("DELETE", RecordFiles + "/{filename}", 204, toWrite, 403),
            new("GET", RecordFileInFolder, 200, toRead, 403),
            new("POST", RecordFileInFolder, 200, toWrite, 403) { Body = file },
            new("DELETE", RecordFiles + "/{folder}/{filename}", 204, toWrite, 403),
        ];
    }

    private static IEnumerable<MatrixLine> OfSets()
    {
        const Who allowed = Who.Owner | Who.Admin;
        return
        [
            new("POST", Sets, 201, Who.Known, 403),
            new("GET", Set, 200, allowed, 404),
            new("GET", Set + "/archive", 200, allowed, 404),
            new("POST", Set, 201, allowed, 404) { Body = _ => Body.Multipart(Part.File("b", Bytes)) },
            new("DELETE", Set, 200, allowed, 404),
            new("GET", Item, 200, allowed, 404),
            new("DELETE", Item, 200, allowed, 404),
            new("GET", Contents, 200, allowed, 404),

            // Into a session of the project, which is not the owner's; only the body says so.
            new("POST", Set + "/claim", 200, Who.Admin, 404)
            {
                Body = scene => Body.Json($$"""{"Session":{"ProjectId":{{Scene.Project}},"Uuid":"{{scene.Session}}"} }"""),
                RefusedByBody = Who.Owner,
            },
        ];
    }

    private static IEnumerable<MatrixLine> OfOwned(string collection)
    {
        const Who allowed = Who.Owner | Who.Organisation | Who.Admin;
        Func<Scene, HttpContent> change = _ => Body.Json("""{"description":"changed"}""");
        return
        [
            new("POST", collection, 201, Who.Known, 403) { Body = _ => OwnedFiles.Form(Bytes) },
            new("GET", collection, 200, Who.Admin, 403),
            new("GET", collection + "/{id}", 200, allowed, 403),
            new("GET", collection + "/archive", 200, allowed, 403),
            new("PUT", collection + "/{id}", 200, allowed, 403) { Body = change },
            new("PATCH", collection + "/{id}", 200, allowed, 403) { Body = change },
            new("POST", collection + "/{id}", 201, allowed, 403) { IsTus = true, Fields = [("Upload-Length", "10")] },
            new("DELETE", collection + "/{id}", 204, allowed, 403),
        ];
    }

    private static IEnumerable<MatrixLine> OfWebhooks() =>
    [
        new("POST", Webhooks, 201, Who.Admin, 403) { Body = _ => Body.Json("""{"url":"https://localhost/","state":"disabled"}""") },
        new("GET", Webhooks, 200, Who.Admin, 403),
        new("GET", Webhook, 200, Who.Admin, 403),
        new("PATCH", Webhook, 200, Who.Admin, 403) { Body = _ => Body.Json("""{"description":"changed"}""") },
        new("DELETE", Webhook, 204, Who.Admin, 403),
        new("POST", Webhook + "/rotate", 200, Who.Admin, 403),
        new("POST", Webhook + "/test", 202, Who.Admin, 403),
        new("POST", Webhook + "/replay", 202, Who.Admin, 403) { Body = _ => Body.Json("""{"after":"latest"}""") },
        new("GET", Webhook + "/deliveries", 200, Who.Admin, 403),
        new("POST", Webhook + "/deliveries/{change}/retry", 202, Who.Admin, 403),
    ];

    private static IEnumerable<MatrixLine> Public() =>
    [
        new("GET", "/", 302, Who.Anyone, 403),
        new("GET", "/openapi/{documentName}.json", 200, Who.Anyone, 403),
        new("GET", "/health/live", 200, Who.Anyone, 403),
        new("GET", "/health/ready", 200, Who.Anyone, 403),
        new("OPTIONS", Point, 204, Who.Anyone, 403),
        new("OPTIONS", RecordFile, 204, Who.Anyone, 403),
        new("OPTIONS", RecordFileInFolder, 204, Who.Anyone, 403),
        new("OPTIONS", Set, 204, Who.Anyone, 403),
        new("OPTIONS", "/v1/attachments", 204, Who.Anyone, 403),
        new("OPTIONS", "/attachments", 204, Who.Anyone, 403),
        new("OPTIONS", "/v1/attachments/{id}", 204, Who.Anyone, 403),
        new("OPTIONS", "/attachments/{id}", 204, Who.Anyone, 403),
        new("OPTIONS", "/uploads", 204, Who.Anyone, 403),
        new("OPTIONS", Upload, 204, Who.Anyone, 403),
    ];
}

/// <summary>A method of a route.</summary>
/// <param name="Method">The method.</param>
/// <param name="Pattern">The route's pattern, with a slash in front.</param>
/// <param name="Success">What those are answered who may.</param>
/// <param name="Allowed">Who may.</param>
/// <param name="Refusal">What those are answered who are known and may not; the others get 401.</param>
internal sealed record MatrixLine(string Method, string Pattern, int Success, Who Allowed, int Refusal)
{
    /// <summary>Makes the body; null: there is none.</summary>
    public Func<Scene, HttpContent>? Body { get; init; }

    /// <summary>Whether it is asked by tus.</summary>
    public bool IsTus { get; init; }

    /// <summary>Header fields that it needs.</summary>
    public (string Name, string Value)[] Fields { get; init; } = [];

    /// <summary>All header fields.</summary>
    public (string Name, string Value)[] AllFields => IsTus ? [Tus.Version, .. Fields] : Fields;

    /// <summary>Who is refused with 403 only for what the body asks.</summary>
    public Who RefusedByBody { get; init; }

    public int StatusFor(Who who) => who switch
    {
        _ when Allowed.HasFlag(who) => Success,
        _ when Who.Unknown.HasFlag(who) => 401,
        _ when RefusedByBody.HasFlag(who) => 403,
        _ => Refusal,
    };

    public override string ToString() => $"{Method} {Pattern}";
}
