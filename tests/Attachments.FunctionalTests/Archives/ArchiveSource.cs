using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Archives;

/// <summary>One family of the API, as far as its files can be had in one archive.</summary>
internal abstract class ArchiveSource
{
    public static readonly IReadOnlyList<ArchiveSource> All = [new OfSession(), new OfRecord(), new OfFolder(), new OfSet(), new OfSelection()];

    /// <summary>Stores files, as the admin.</summary>
    /// <returns>The address of the archive of just these.</returns>
    public abstract Task<string> Have(RunningService service, params (string Name, byte[] Content)[] files);

    /// <summary>Replaces the first of the files that <see cref="Have"/> has stored; in a set, adds another file.</summary>
    public abstract Task Change(RunningService service, string address, string name, byte[] content);

    /// <summary>Deletes what the files belong to.</summary>
    public abstract Task Delete(RunningService service, string address);

    /// <summary>The address of what does not exist, and the status of its archive.</summary>
    public abstract (string Address, int Status) Missing { get; }

    /// <summary>The name of the archive at an address.</summary>
    public abstract string GetFileName(string address);

    /// <summary>The name in the archive of a file of this name.</summary>
    public virtual string GetEntryName(string name) => name;

    public abstract override string ToString();

    private static string Parent(string address) => address[..address.LastIndexOf('/')];

    private static string Segment(string address, int fromEnd) => Uri.UnescapeDataString(address.Split('/')[^fromEnd]);

    private sealed class OfSession : ArchiveSource
    {
        public override (string Address, int Status) Missing => ("/api/v1/project/7/sessions/none/archive", 404);

        public override async Task<string> Have(RunningService service, params (string Name, byte[] Content)[] files)
        {
            var project = Project.New(service.Admin);
            await project.Have("trip");
            foreach (var (name, content) in files)
            {
                (await project.Attach("trip", "p " + name, Body.Multipart(Part.File("attachment", content, name)))).ShouldSucceed();
            }

            return project.Session("trip") + "/archive";
        }

        public override async Task Change(RunningService service, string address, string name, byte[] content) =>
            (await service.Admin.Ask(
                HttpMethod.Put,
                $"{Parent(address)}/attachments/{Uri.EscapeDataString("p " + name)}",
                Body.Multipart(Part.File("attachment", content, name)))).ShouldSucceed();

        public override async Task Delete(RunningService service, string address) =>
            (await service.Admin.Ask(HttpMethod.Delete, Parent(address))).ShouldSucceed();

        public override string GetFileName(string address) => "trip.zip";

        public override string GetEntryName(string name) => $"p {name} - {name}";

        public override string ToString() => "session";
    }

    private sealed class OfRecord : ArchiveSource
    {
        public override (string Address, int Status) Missing => ("/api/records/None/1/archive", 404);

        public override async Task<string> Have(RunningService service, params (string Name, byte[] Content)[] files)
        {
            var forms = FormType.New(service.Admin);
            await forms.Have("57");
            foreach (var (name, content) in files)
            {
                await forms.HaveFile("57", Uri.EscapeDataString(name), content);
            }

            return forms.Record("57") + "/archive";
        }

        public override async Task Change(RunningService service, string address, string name, byte[] content) =>
            (await service.Admin.Ask(
                HttpMethod.Post, $"{Parent(address)}/attachments/content/{Uri.EscapeDataString(name)}", Body.Raw(content))).ShouldBeUploaded();

        public override async Task Delete(RunningService service, string address) =>
            (await service.Admin.Ask(HttpMethod.Delete, Parent(address))).ShouldBeDeleted();

        public override string GetFileName(string address) => $"{Segment(address, 3)}-57.zip";

        public override string ToString() => "record";
    }

    private sealed class OfFolder : ArchiveSource
    {
        public override (string Address, int Status) Missing => ("/api/records/None/1/archive/folder", 404);

        public override async Task<string> Have(RunningService service, params (string Name, byte[] Content)[] files)
        {
            var forms = FormType.New(service.Admin);
            await forms.Have("57");
            await forms.HaveFile("57", "elsewhere.txt", [1]);
            foreach (var (name, content) in files)
            {
                await forms.HaveFile("57", $"pictures/{Uri.EscapeDataString(name)}", content);
            }

            return forms.Record("57") + "/archive/pictures";
        }

        public override async Task Change(RunningService service, string address, string name, byte[] content) =>
            (await service.Admin.Ask(
                HttpMethod.Post,
                $"{Parent(Parent(address))}/attachments/content/pictures/{Uri.EscapeDataString(name)}",
                Body.Raw(content))).ShouldBeUploaded();

        public override async Task Delete(RunningService service, string address) =>
            (await service.Admin.Ask(HttpMethod.Delete, Parent(Parent(address)))).ShouldBeDeleted();

        public override string GetFileName(string address) => $"{Segment(address, 4)}-57-pictures.zip";

        public override string ToString() => "folder";
    }

    private sealed class OfSet : ArchiveSource
    {
        public override (string Address, int Status) Missing => ($"/api/temporaryattachmentset/{Guid.NewGuid()}/archive", 200);

        public override async Task<string> Have(RunningService service, params (string Name, byte[] Content)[] files)
        {
            var set = TemporarySet.New(service.Admin);
            await set.Have(files);
            return set.Address + "/archive";
        }

        public override Task Change(RunningService service, string address, string name, byte[] content) =>
            new TemporarySet(service.Admin, Segment(address, 2)).Have((name, content));

        public override async Task Delete(RunningService service, string address) =>
            (await service.Admin.Ask(HttpMethod.Delete, Parent(address))).Status.ShouldBeInRange(200, 204);

        public override string GetFileName(string address) => $"{Segment(address, 2)}.zip";

        public override string GetEntryName(string name) => $"{name}.jpg";

        public override string ToString() => "set";
    }

    private sealed class OfSelection : ArchiveSource
    {
        public override (string Address, int Status) Missing => ("/v1/attachments/archive?ids=999999999", 404);

        public override async Task<string> Have(RunningService service, params (string Name, byte[] Content)[] files)
        {
            var owned = OwnedFiles.OfAdmin(service);
            var ids = new List<long>();
            foreach (var (name, content) in files)
            {
                var created = await owned.Create(Body.Multipart(Part.File("file", content, name)));
                ids.Add(created.ShouldBeEntry(201).GetProperty("id").GetInt64());
            }

            return $"/v1/attachments/archive?ids={string.Join(',', ids)}";
        }

        public override async Task Change(RunningService service, string address, string name, byte[] content) =>
            (await OwnedFiles.OfAdmin(service).Put(Ids(address)[0], Body.Multipart(Part.File("file", content, name)))).ShouldBeEntry();

        public override async Task Delete(RunningService service, string address)
        {
            foreach (var id in Ids(address))
            {
                (await OwnedFiles.OfAdmin(service).Delete(id)).Status.ShouldBe(204);
            }
        }

        public override string GetFileName(string address) => "attachments.zip";

        public override string ToString() => "selection";

        private static long[] Ids(string address) => [.. address[(address.IndexOf('=') + 1)..].Split(',').Select(long.Parse)];
    }
}
