using System.Text;
using System.Text.RegularExpressions;
using Attachments.FunctionalTests.Access;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Answers;

/// <summary>Links in answers to a request that names no host.</summary>
[TestFixture]
internal sealed partial class LinkTests
{
    private static readonly string[] WithLinks =
    [
        "/api/v1/project/{project_id}/sessions/{session_id}",
        "/api/v1/project/{project_id}/sessions/{session_id}/attachments",
        "/api/records/{eformtype}",
        "/api/records/{eformtype}/{recordid}",
        "/api/records/{eformtype}/{recordid}/attachments",
        "/api/temporaryattachmentset/{id}",
        "/api/temporaryattachmentset/{id}/attachment/{attachmentId}",
    ];

    private RunningService service = null!;
    private Scene scene = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService();
        scene = await Scene.Make(service);
    }

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [TestCaseSource(nameof(WithLinks))]
    public async Task Begin_with_the_address_of_the_connection(string pattern)
    {
        foreach (var version in new[] { "HTTP/1.0\r\n", "HTTP/1.0\r\nHost:\r\n", "HTTP/1.1\r\nConnection: close\r\nHost: \r\n" })
        {
            var answer = await Send(service, version, scene.Target(pattern));
            var links = LinksIn(answer);
            links.ShouldNotBeEmpty(answer);
            links.ShouldAllBe(link => link.StartsWith($"http://{service.Address.Authority}/", StringComparison.Ordinal), version);
        }
    }

    [TestCaseSource(nameof(WithLinks))]
    public async Task Begin_with_the_host_that_the_target_names(string pattern)
    {
        var target = $"http://files.example:8080{scene.Target(pattern)}";
        var answer = await Send(service, "HTTP/1.0\r\n", target);
        LinksIn(answer).ShouldAllBe(link => link.StartsWith("http://files.example:8080/", StringComparison.Ordinal), answer);
    }

    [Test]
    public async Task A_request_of_http_1_1_without_a_host_is_refused() =>
        (await Send(service, "HTTP/1.1\r\n", "/health/live")).ShouldStartWith("HTTP/1.1 400 ");

    private static async Task<string> Send(RunningService service, string version, string target)
    {
        await using var connection = await service.Connect();
        await connection.Send($"GET {target} {version}Authorization: Bearer {service.AdminToken}\r\n\r\n");
        return Encoding.UTF8.GetString(await connection.ReadToEnd());
    }

    private static List<string> LinksIn(string answer) => [.. Link().Matches(answer).Select(match => match.Value)];

    [GeneratedRegex("http:[^\"\r\n]*")]
    private static partial Regex Link();
}
