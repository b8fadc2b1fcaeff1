namespace Attachments.FunctionalTests.Support;

/// <summary>A multipart request that brings a file.</summary>
/// <param name="What">Its method and what it is sent to.</param>
/// <param name="Field">The field of the file.</param>
/// <param name="MaxFiles">How many it can hold.</param>
/// <param name="Begin">Makes something of its own to send one to.</param>
internal sealed record MultipartUpload(string What, string Field, int MaxFiles, Func<RunningService, Task<PendingUpload>> Begin)
{
    private const string Uuid = "s";
    private const string Point = "p";
    private const string PointField = $"session[data][{Point}]";

    public static IReadOnlyList<MultipartUpload> All { get; } =
    [
        new("POST session", PointField, TestBed.MaxParts, service =>
        {
            var project = Project.New(service.Admin);
            return Task.FromResult(ToPoint(
                service, project, "POST", project.Sessions, Part.Field("session[uuid]", Uuid), Part.Field("session[unit_id]", "u")));
        }),
        new("PUT session", PointField, TestBed.MaxParts, async service =>
        {
            var project = await HaveSession(service);
            return ToPoint(service, project, "PUT", project.Session(Uuid));
        }),
        new("PUT session attachment", "attachment", 1, async service =>
        {
            var project = await HaveSession(service);
            return ToPoint(service, project, "PUT", project.Attachment(Uuid, Point));
        }),
        new("POST set", "a", TestBed.MaxParts, service =>
        {
            var set = TemporarySet.New(service.Admin);
            return Task.FromResult(new PendingUpload(service, "POST", set.Address, [], async _ =>
            {
                var items = await set.Items();
                return items.Count == 0 ? null : (await set.Download(items[^1].Id())).Body;
            }));
        }),
        new("POST owned attachment", "file", 1, service =>
        {
            var files = OwnedFiles.OfAdmin(service);
            return Task.FromResult(new PendingUpload(service, "POST", OwnedFiles.Collection, [], async answer =>
                answer.Status == 201 ? await files.ReadFile(answer.Json.GetProperty("id").GetInt64()) : null));
        }),
        OfOwned("PUT"),
        OfOwned("PATCH"),
    ];

    public override string ToString() => What;

    private static MultipartUpload OfOwned(string method) => new($"{method} owned attachment", "file", 1, async service =>
    {
        byte[] before = [1];
        var files = OwnedFiles.OfAdmin(service);
        var id = await files.Have(before);
        return new PendingUpload(service, method, OwnedFiles.Target(id), [], async _ =>
            await files.ReadFile(id) is var file && file.SequenceEqual(before) ? null : file);
    });

    private static async Task<Project> HaveSession(RunningService service)
    {
        var project = Project.New(service.Admin);
        await project.Have(Uuid);
        return project;
    }

    private static PendingUpload ToPoint(RunningService service, Project project, string method, string target, params Part[] fields) =>
        new(service, method, target, fields, async _ => await project.Download(Uuid, Point) is { Status: 200 } file ? file.Body : null);
}

/// <summary>One that can be sent.</summary>
/// <param name="Service">To which.</param>
/// <param name="Method">The method.</param>
/// <param name="Target">The request target.</param>
/// <param name="Fields">What it has to hold besides.</param>
/// <param name="Stored">Reads the file that it has stored; null: it has stored none.</param>
internal sealed record PendingUpload(
    RunningService Service, string Method, string Target, Part[] Fields, Func<Answer, Task<byte[]?>> Stored)
{
    public Task<Answer> Send(params Part[] parts) => Send(Body.Multipart([.. Fields, .. parts]));

    public Task<Answer> Send(HttpContent body) => Service.Admin.Ask(new HttpMethod(Method), Target, body);
}
