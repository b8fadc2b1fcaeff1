namespace Attachments.FunctionalTests.Support;

/// <summary>What an upload in several requests can be for: each family's place for a file.</summary>
/// <param name="name">For the names of tests.</param>
/// <param name="prepare">Makes sure that uploads are taken, and returns the address that they are created at.</param>
/// <param name="find">The address of the bytes, from that of the file.</param>
internal sealed class TusTarget(
    string name, Func<RunningService, HttpClient, Task<string>> prepare, Func<RunningService, string, Task<string>> find)
{
    public static readonly TusTarget SessionPoint = new("session point", PrepareSession, (_, location) => Task.FromResult(location));
    public static readonly TusTarget RecordFile = new("record file", PrepareRecord, (_, location) => Task.FromResult(location));
    public static readonly TusTarget TemporaryItem = new(
        "temporary item",
        (_, client) => Task.FromResult(TemporarySet.New(client).Address),
        async (service, location) => (await service.Admin.Ask(HttpMethod.Get, location)).Json.Text("Content"));

    public static readonly TusTarget NewOwnedAttachment = new("new owned attachment", (_, _) => Task.FromResult("/v1/attachments/"), FindOwned);
    public static readonly TusTarget OwnedAttachment = new("owned attachment", PrepareOwned, FindOwned);

    public static readonly IReadOnlyList<TusTarget> All = [SessionPoint, RecordFile, TemporaryItem, NewOwnedAttachment, OwnedAttachment];

    /// <summary>As the admin, unless another is given.</summary>
    public Task<string> Prepare(RunningService service, HttpClient? client = null) => prepare(service, client ?? service.Admin);

    /// <summary>The bytes that are stored now.</summary>
    public async Task<byte[]> Read(RunningService service, string contentLocation)
    {
        var answer = await service.Admin.Ask(HttpMethod.Get, await find(service, contentLocation));
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Body;
    }

    public override string ToString() => name;

    private static async Task<string> PrepareSession(RunningService service, HttpClient client)
    {
        var project = Project.New(service.Admin);
        await project.Have("s");
        return project.Attachment("s", "p");
    }

    private static async Task<string> PrepareRecord(RunningService service, HttpClient client)
    {
        var forms = FormType.New(service.Admin);
        await forms.Have("57");
        return forms.Content("57", "a%20folder/film%C3%A9.mp4");
    }

    private static async Task<string> PrepareOwned(RunningService service, HttpClient client) =>
        OwnedFiles.Target(await OwnedFiles.OfAdmin(service).Have(Files.Make(Files.Small)));

    private static async Task<string> FindOwned(RunningService service, string location) =>
        (await service.Admin.Ask(HttpMethod.Get, location)).Json.Text("download_url");
}
