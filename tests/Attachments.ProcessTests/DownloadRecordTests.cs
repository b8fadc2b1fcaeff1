using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Attachments.ProcessTests;

/// <summary>What is kept of a download: the event <c>Download</c> in the log, and the metrics.</summary>
[TestFixture]
internal sealed class DownloadRecordTests
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(16 << 20);

    private static readonly string[] Families = ["sessions", "records", "temporary_sets", "owned_attachments"];

    private readonly Dictionary<string, string> targets = [];

    private Service service = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await Service.Start(ServiceSettings.Complete(await Service.CreateMigrated())
            .With("Telemetry:Prometheus:Enabled", "true")
            .With("Links:Keys:0:Id", "key")
            .With("Links:Keys:0:Value", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="));
        await service.CreateSession("s");
        await service.Put("s", "p", new ByteArrayContent(Content));
        targets["sessions"] = Service.GetPath("s", "p");
        using var record = new StringContent("""{"data":{"type":"record"}}""", new MediaTypeHeaderValue("application/vnd.api+json"));
        (await service.Client.PutAsync("/api/records/Contract/57", record)).EnsureSuccessStatusCode();
        targets["records"] = "/api/records/Contract/57/attachments/content/a.bin";
        using var content = new ByteArrayContent(Content) { Headers = { ContentType = new("application/octet-stream") } };
        (await service.Client.PostAsync(targets["records"], content)).EnsureSuccessStatusCode();
        targets["temporary_sets"] = $"/api/attachment/{(await Post($"/api/temporaryattachmentset/{Guid.NewGuid()}"))[0]!["Id"]}/contents";
        targets["owned_attachments"] = (string)(await Post("/v1/attachments/"))["download_url"]!;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (service is not null)
        {
            await service.DisposeAsync();
        }
    }

    /// <summary>Last, the service is stopped, so that nothing of its log is missing.</summary>
    [Test]
    public async Task Each_is_counted_and_logged_with_what_was_sent_and_to_whom()
    {
        var linkIds = new Dictionary<string, string>();
        using var anyone = new HttpClient { BaseAddress = service.Address };
        foreach (var family in Families)
        {
            var target = targets[family];
            (await service.Client.GetByteArrayAsync(target)).Length.ShouldBe(Content.Length);
            (await Send(HttpMethod.Get, target, request => request.Headers.Range = new RangeHeaderValue(100, 199))).ShouldBe(HttpStatusCode.PartialContent);
            (await anyone.GetByteArrayAsync((await Link(target, ""))["url"]!.ToString())).Length.ShouldBe(Content.Length);
            var revocable = await Link(target, ",\"revocable\":true");
            linkIds[family] = (string)revocable["id"]!;
            (await anyone.GetByteArrayAsync(revocable["url"]!.ToString())).Length.ShouldBe(Content.Length);
            await Abort(target);

            // These send no byte of the file.
            (await Send(HttpMethod.Head, target, _ => { })).ShouldBe(HttpStatusCode.OK);
            (await Send(HttpMethod.Get, target, request => request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any))).ShouldBe(HttpStatusCode.NotModified);
            (await Send(HttpMethod.Get, target, request => request.Headers.Range = new RangeHeaderValue(Content.Length, null)))
                .ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        }

        await Eventually.Holds(async () => await Counted("aborted") == Families.Length, "the downloads that broke off are counted");
        foreach (var family in Families)
        {
            (await Counted("whole", family), await Counted("range", family), await Counted("aborted", family), await Counted("failed", family))
                .ShouldBe((3, 1, 1, 0), family);
        }

        service.Process.Send(PosixSignal.SIGTERM);
        var events = (await service.Process.Ended()).Output.Where(line => line.Contains("\"Download\"", StringComparison.Ordinal)).ToList();
        events.Count.ShouldBe(5 * Families.Length);
        for (var i = 0; i < Families.Length; i++)
        {
            ShouldTell(events.Skip(5 * i).Take(5).Select(line => JsonNode.Parse(line)!).ToList(), linkIds[Families[i]]);
        }
    }

    private static void ShouldTell(List<JsonNode> events, string linkId)
    {
        events.Select(made => (string)made["EventId"]!["Name"]!).Distinct().ShouldBe(["Download"]);
        events.Select(made => (string)made["Sha256"]!).Distinct().ShouldBe([Convert.ToHexStringLower(SHA256.HashData(Content))]);
        Guid.TryParse(events.Select(made => (string)made["Object"]!).Distinct().ShouldHaveSingleItem(), out _).ShouldBeTrue();
        Guid.TryParse(events.Select(made => (string)made["User"]!).Distinct().ShouldHaveSingleItem(), out _).ShouldBeTrue();
        events.Select(made => (string)made["Link"]!).ShouldBe(["-", "-", "without id", linkId, "-"]);
        events.Take(4).Select(made => (long)made["Bytes"]!).ShouldBe([Content.Length, 100, Content.Length, Content.Length]);
        ((long)events[4]["Bytes"]!).ShouldBeInRange(1, Content.Length - 1);
    }

    /// <summary>Reads the beginning and goes away.</summary>
    private async Task Abort(string target)
    {
        var before = await Counted("aborted");
        using var handler = new SocketsHttpHandler { ConnectCallback = ConnectNarrowly };
        using (var client = Service.NewClient(service.Address, service.Token, handler))
        using (var response = await client.GetAsync(target, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[1000]);
        }

        await Eventually.Holds(async () => await Counted("aborted") > before, "the service has seen that the client is gone");
    }

    private static async ValueTask<Stream> ConnectNarrowly(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8 << 10 };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task<HttpStatusCode> Send(HttpMethod method, string target, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(method, target);
        change(request);
        using var response = await service.Client.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<JsonNode> Post(string target)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Content), "file", "a.bin" } };
        using var response = await service.Client.PostAsync(target, form);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private async Task<JsonNode> Link(string target, string members)
    {
        using var body = new StringContent($$"""{"url":"{{target}}"{{members}}}""", Encoding.UTF8, "application/json");
        using var response = await service.Client.PostAsync("/v1/links", body);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["links"]![0]!;
    }

    private async Task<int> Counted(string outcome, string family = "") => (await service.Client.GetStringAsync("/metrics"))
        .Split('\n')
        .Where(line => line.StartsWith("attachments_downloads_total{", StringComparison.Ordinal)
            && line.Contains($"family=\"{family}", StringComparison.Ordinal)
            && line.Contains($"outcome=\"{outcome}\"", StringComparison.Ordinal))
        .Sum(line => int.Parse(line.Split(' ')[1]));
}
