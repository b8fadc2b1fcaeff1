namespace Attachments.FunctionalTests.Support;

/// <summary>
/// One family of the API, as far as it keeps files: what the tests of what is common to all content endpoints need to know of it.
/// A new family is one subclass, and one more entry in <see cref="All"/>.
/// </summary>
internal abstract class ContentFamily
{
    public static readonly IReadOnlyList<ContentFamily> All =
        [new SessionsFamily(), new RecordsFamily(), new TemporarySetsFamily(), new OwnedAttachmentsFamily()];

    /// <summary>Whether <c>?disposition=inline</c> can be honoured at all.</summary>
    public virtual bool MayBeInline => true;

    /// <summary>The requests that change a file that is there, or what it belongs to, and may carry conditions.</summary>
    public abstract IReadOnlyList<ContentWrite> Writes { get; }

    /// <summary>The requests that make something that is not there, and may carry conditions.</summary>
    public abstract IReadOnlyList<ContentCreation> Creations { get; }

    /// <summary>The type under which a file is served that was uploaded as <paramref name="mediaType"/>.</summary>
    public virtual string TypeServed(string mediaType) => mediaType;

    /// <summary>Stores a file, as the admin, where there is no other.</summary>
    /// <param name="service">Where.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="fileName">Its name, of characters that stand for themselves in a quoted string.</param>
    /// <param name="mediaType">Its type.</param>
    /// <param name="fields">Header fields of the file itself: those of the request where the body is the file, else those of its
    /// part.</param>
    public abstract Task<KeptFile> Store(
        RunningService service,
        byte[] content,
        string fileName = "file.bin",
        string mediaType = "application/octet-stream",
        params string[] fields);

    /// <summary>The family's name, for the names of tests.</summary>
    public abstract override string ToString();
}

/// <summary>A file that a family keeps.</summary>
/// <param name="Target">Path and query of its content endpoint.</param>
/// <param name="Entry">The address under which the file is changed and deleted.</param>
/// <param name="Owner">The address of what it belongs to; the same where it belongs to nothing.</param>
internal sealed record KeptFile(string Target, string Entry, string Owner);

/// <summary>What the conditions of a write can be about.</summary>
internal enum Versioning
{
    /// <summary>Whether something is there.</summary>
    Presence,

    /// <summary>And which entity tag it has.</summary>
    Tag,

    /// <summary>And when it was modified.</summary>
    TagAndDate,
}

/// <summary>What becomes of a file that was there.</summary>
internal enum Fate
{
    Stays,
    IsReplaced,
    IsGone,
}

/// <summary>A request that changes what is there.</summary>
/// <param name="Method">The method.</param>
/// <param name="What">What it is sent to, for the names of tests.</param>
/// <param name="Fate">What it does to the file.</param>
/// <param name="Address">Where it is sent to.</param>
/// <param name="Body">Made for the file, of the bytes that may replace it; null for no body.</param>
internal sealed record ContentWrite(
    string Method, string What, Fate Fate, Func<KeptFile, string> Address, Func<KeptFile, byte[], HttpContent>? Body = null)
{
    /// <summary>What its conditions are held against.</summary>
    public Versioning Versioning { get; init; } = Versioning.TagAndDate;

    /// <summary>The address of what its conditions are held against: of the file, unless it is said.</summary>
    public Func<KeptFile, string> Resource { get; init; } = file => file.Target;

    /// <summary>Its body brings files.</summary>
    public bool IsUpload { get; init; } = Fate == Fate.IsReplaced;

    public Task<Answer> Send(RunningService service, KeptFile file, byte[] bytes, params (string, string)[] conditions) =>
        service.Admin.Ask(new HttpMethod(Method), Address(file), Body?.Invoke(file, bytes), conditions);

    public override string ToString() => $"{Method} {What}";
}

/// <summary>A request that makes something new.</summary>
/// <param name="What">What, for the names of tests.</param>
/// <param name="Send">Sends it, with these header fields; to an address of its own each time.</param>
internal sealed record ContentCreation(string What, Func<RunningService, (string Name, string Value)[], Task<Answer>> Send)
{
    public override string ToString() => What;
}

internal sealed class SessionsFamily : ContentFamily
{
    private const string Uuid = "s";
    private const string Point = "p";

    public override bool MayBeInline => false;

    public override IReadOnlyList<ContentWrite> Writes { get; } =
    [
        new("PUT", "attachment", Fate.IsReplaced, file => file.Entry, (_, bytes) => Body.Raw(bytes)),
        new("DELETE", "attachment", Fate.IsGone, file => file.Entry),
        new("PUT", "session", Fate.IsGone, file => file.Owner, (_, _) => Session) { Versioning = Versioning.Presence },
        new("POST", "session", Fate.IsGone, GetSessions, (_, _) => Session) { Versioning = Versioning.Presence },
        new("DELETE", "session", Fate.IsGone, file => file.Owner) { Versioning = Versioning.Presence },
    ];

    public override IReadOnlyList<ContentCreation> Creations { get; } =
    [
        new("POST session", (service, fields) => service.Admin.Ask(HttpMethod.Post, Project.New(service.Admin).Sessions, Session, fields)),
        new("PUT attachment", async (service, fields) =>
        {
            var project = Project.New(service.Admin);
            await project.Have(Uuid);
            return await project.Attach(Uuid, Point, Body.Raw([1]), fields);
        }),
    ];

    private static HttpContent Session => Body.Session($$"""  "uuid":"{{Uuid}}","unit_id":"u","data":{"{{Point}}":"no file"}  """);

    public override string TypeServed(string mediaType) => "application/octet-stream";

    public override async Task<KeptFile> Store(
        RunningService service, byte[] content, string fileName, string mediaType, params string[] fields)
    {
        var project = Project.New(service.Admin);
        await project.Have(Uuid);
        var part = new Part($"; name=\"attachment\"; filename=\"{fileName}\"", content, [$"Content-Type: {mediaType}", .. fields]);
        (await project.Attach(Uuid, Point, Body.Multipart(part))).ShouldSucceed();
        var target = project.Attachment(Uuid, Point);
        return new KeptFile(target, target, project.Session(Uuid));
    }

    public override string ToString() => "sessions";

    private static string GetSessions(KeptFile file) => file.Owner[..file.Owner.LastIndexOf('/')];
}

internal sealed class RecordsFamily : ContentFamily
{
    private const string Id = "57";
    private const string Folder = "a folder";

    public override IReadOnlyList<ContentWrite> Writes { get; } =
    [
        new("POST", "attachment", Fate.IsReplaced, file => file.Target, (_, bytes) => Body.Raw(bytes)),
        new("DELETE", "attachment", Fate.IsGone, file => file.Entry),
        OfRecord("PUT", Fate.Stays, Document),
        OfRecord("PATCH", Fate.Stays, Document),
        OfRecord("DELETE", Fate.IsGone, null),
    ];

    public override IReadOnlyList<ContentCreation> Creations { get; } =
    [
        new("POST attachment", async (service, fields) =>
        {
            var forms = FormType.New(service.Admin);
            await forms.Have(Id);
            return await forms.Upload(Id, "new.bin", Body.Raw([1]), fields);
        }),
        new("PUT record", (service, fields) => FormType.New(service.Admin).Put(Id, "{}", fields)),
        new("POST record", (service, fields) =>
        {
            var forms = FormType.New(service.Admin);
            return forms.Create(forms.Document(), fields);
        }),
    ];

    public override async Task<KeptFile> Store(
        RunningService service, byte[] content, string fileName, string mediaType, params string[] fields)
    {
        var forms = FormType.New(service.Admin);
        await forms.Have(Id);
        var path = $"{Uri.EscapeDataString(Folder)}/{Uri.EscapeDataString(fileName)}";
        var body = Body.Create(content, mediaType);
        foreach (var field in fields.Select(field => field.Split(": ", 2)))
        {
            body.With(field[0], field[1]);
        }

        (await forms.Upload(Id, path, body)).ShouldBeUploaded();
        return new KeptFile(forms.Content(Id, path), $"{forms.Attachments(Id)}/{path}", forms.Record(Id));
    }

    public override string ToString() => "records";

    private static ContentWrite OfRecord(string method, Fate fate, Func<KeptFile, byte[], HttpContent>? body) =>
        new(method, "record", fate, file => file.Owner, body) { Versioning = Versioning.Tag, Resource = file => file.Owner };

    private static HttpContent Document(KeptFile file, byte[] bytes)
    {
        var id = Uri.UnescapeDataString(file.Owner[FormType.Root.Length..]);
        return FormType.CreateDocument($$"""{"data":{"type":"record","id":"{{id}}","attributes":{"md5":"{{bytes.Md5()}}"} } }""");
    }
}

internal sealed class TemporarySetsFamily : ContentFamily
{
    private const string Name = "n";

    public override IReadOnlyList<ContentWrite> Writes { get; } =
    [
        new("DELETE", "item", Fate.IsGone, file => file.Entry),
        OfSet("POST", "set", Fate.Stays, "", (_, bytes) => Upload(bytes)) with { IsUpload = true },
        OfSet("POST", "claim", Fate.IsGone, "/claim", (_, _) => Body.Json("""{"Owned":{} }""")),
        OfSet("DELETE", "set", Fate.IsGone, "", null),
    ];

    public override IReadOnlyList<ContentCreation> Creations { get; } =
    [
        new("POST set", (service, fields) => TemporarySet.New(service.Admin).Upload(Upload([1]), fields)),
        new("POST sets", (service, fields) => service.Admin.Ask(HttpMethod.Post, "/api/temporaryattachmentsets", null, fields)),
    ];

    public override async Task<KeptFile> Store(
        RunningService service, byte[] content, string fileName, string mediaType, params string[] fields)
    {
        var set = TemporarySet.New(service.Admin);
        var part = new Part($"; name=\"{Name}\"; filename=\"{fileName}\"", content, [$"Content-Type: {mediaType}", .. fields]);
        var answer = await set.Upload(part);
        answer.Status.ShouldBe(201, answer.Text);
        var id = answer.Json[0].Id();
        return new KeptFile(TemporarySet.Contents(id), set.Item(id), set.Address);
    }

    public override string ToString() => "temporary sets";

    private static ContentWrite OfSet(string method, string what, Fate fate, string path, Func<KeptFile, byte[], HttpContent>? body) =>
        new(method, what, fate, file => file.Owner + path, body) { Versioning = Versioning.Presence };

    private static HttpContent Upload(byte[] bytes) => Body.Multipart(Part.File(Name, bytes));
}

internal sealed class OwnedAttachmentsFamily : ContentFamily
{
    public override IReadOnlyList<ContentWrite> Writes { get; } =
    [
        OfEntry("PUT", "entry", Fate.IsReplaced, "", (_, bytes) => Upload(bytes)),
        OfEntry("PATCH", "entry", Fate.IsReplaced, "", (_, bytes) => Upload(bytes)),
        OfEntry("DELETE", "entry", Fate.IsGone, "", null),
        OfEntry("DELETE", "content", Fate.IsGone, "?content_only=true", null),
    ];

    public override IReadOnlyList<ContentCreation> Creations { get; } =
        [new("POST entry", (service, fields) => OwnedFiles.OfAdmin(service).Create(Upload([1]), fields))];

    public override async Task<KeptFile> Store(
        RunningService service, byte[] content, string fileName, string mediaType, params string[] fields)
    {
        var files = OwnedFiles.OfAdmin(service);
        var part = new Part($"; name=\"file\"; filename=\"{fileName}\"", content, [$"Content-Type: {mediaType}", .. fields]);
        var answer = await files.Create(Body.Multipart(part));
        answer.ShouldBeEntry(201);
        var entry = OwnedFiles.Target(answer.Json.GetProperty("id").GetInt64());
        return new KeptFile(answer.Json.GetProperty("download_url").GetString()!, entry, entry);
    }

    public override string ToString() => "owned attachments";

    private static ContentWrite OfEntry(string method, string what, Fate fate, string query, Func<KeptFile, byte[], HttpContent>? body) =>
        new(method, what, fate, file => file.Entry + query, body) { Resource = file => file.Entry };

    private static HttpContent Upload(byte[] bytes) => OwnedFiles.Form(bytes);
}
