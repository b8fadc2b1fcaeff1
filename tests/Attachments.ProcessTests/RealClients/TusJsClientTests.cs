using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Attachments.ProcessTests.RealClients;

/// <summary>
/// tus-js-client in Node, in all the ways that it sends a file, to everything that an upload can be for. Its drafts -03 and -05 of Resumable
/// Uploads for HTTP are interop versions 5 and 6.
/// </summary>
[TestFixture("tus-v1")]
[TestFixture("ietf-draft-03")]
[TestFixture("ietf-draft-05")]
internal sealed class TusJsClientTests(string protocol)
{
    private static readonly string[] Ways =
    [
        "one request", "chunks", "large chunks", "data during creation", "method override", "empty", "deferred", "resumed", "terminated",
    ];

    private static readonly ClientProgram Node = new("node", "nodejs", IsInstalledByCi: true);
    private static readonly ClientProgram Npm = new("npm", "npm", IsInstalledByCi: true) { UsesHome = true };

    private string client = "";
    private Service service = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        Node.Require();
        Npm.Require();
        client = Directory.CreateTempSubdirectory("attachments-tus-").FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "RealClients", "tus-js-client")))
        {
            File.Copy(file, Path.Combine(client, Path.GetFileName(file)));
        }

        await Npm.Run(client, "ci", "--no-audit", "--no-fund");
        service = await Service.StartOnNewDatabase();
        await service.CreateSession("s");
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (service is not null)
        {
            await service.DisposeAsync();
        }

        if (client.Length > 0)
        {
            Directory.Delete(client, recursive: true);
        }
    }

    [Test]
    public Task Uploads_to_the_point_of_a_session() => UploadsTo(Service.GetPath("s", "point"));

    [Test]
    public async Task Uploads_to_the_place_of_a_record()
    {
        using var record = new StringContent("""{"data":{"type":"record","id":"Form/1","attributes":{} } }""");
        record.Headers.ContentType = new("application/vnd.api+json");
        (await service.Client.PutAsync("/api/records/Form/1", record)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await UploadsTo("/api/records/Form/1/attachments/content/file.bin");
    }

    [Test]
    public Task Uploads_into_a_temporary_set() => UploadsTo($"/api/temporaryattachmentset/{Guid.NewGuid()}");

    [Test]
    public Task Uploads_a_new_owned_attachment() => UploadsTo("/v1/attachments/");

    [Test]
    public async Task Uploads_the_bytes_of_an_owned_attachment()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1]), "file", "a.bin" } };
        using var created = await service.Client.PostAsync("/v1/attachments", form);
        await UploadsTo($"/v1/attachments/{(long)JsonNode.Parse(await created.Content.ReadAsStringAsync())!["id"]!}");
    }

    private async Task UploadsTo(string path)
    {
        var output = await Node.Run(client, "upload.mjs", new Uri(service.Address, path).ToString(), service.Token, protocol);
        var uploads = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        uploads.Select(upload => (string)upload["way"]!).ShouldBe(Ways);
        var last = (JsonNode?)null;
        foreach (var upload in uploads)
        {
            using var answer = await service.Client.GetAsync((string)upload["url"]!);
            if ((string)upload["way"]! == "terminated")
            {
                answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
                continue;
            }

            var text = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
            JsonNode.Parse(text)!["result"]!["content_location"].ShouldNotBeNull(text);
            answer.Headers.NonValidated["Repr-Digest"].ToString()
                .ShouldBe($"sha-256=:{Convert.ToBase64String(Convert.FromHexString((string)upload["sha256"]!))}:", (string)upload["way"]!);
            last = upload;
        }

        await ShouldBeStored(last!);
    }

    /// <summary>What was uploaded last is what is served.</summary>
    private async Task ShouldBeStored(JsonNode upload)
    {
        var document = JsonNode.Parse(await service.Client.GetStringAsync((string)upload["url"]!))!;
        var location = (string)document["result"]!["content_location"]!;
        var body = document["result"]!["body"];
        var download = body is JsonArray items ? (string)items[0]!["Content"]!
            : body?["download_url"] is { } url ? (string)url!
            : location;
        Convert.ToHexStringLower(SHA256.HashData(await service.Client.GetByteArrayAsync(download))).ShouldBe((string)upload["sha256"]!);
    }
}
