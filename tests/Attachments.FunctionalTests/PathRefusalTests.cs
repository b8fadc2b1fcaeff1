using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests;

/// <summary>Paths that are none, in every family: refused, but not before it is known who is calling.</summary>
[TestFixture]
internal sealed class PathRefusalTests
{
    private static readonly string[] Targets =
    [
        "/api/v1/project/7/sessions/%FF",
        "/api/v1/project/7/sessions/%2E%2E/attachments",
        "/api/records/a/%2",
        "/api/records/%2E%2E/1",
        "/api/records/a//1",
        "/v1/attachments/%FF",
        "/v1/uploaded-file/attachment_1/%2e",
        "/attachments/%zz",
        "/api/temporaryattachmentset/%2E",
        "/health/%FF",
        "/nowhere/%FF",
    ];

    private static RunningService Service => TestBed.Service;

    [TestCaseSource(nameof(Targets))]
    public async Task A_caller_without_a_token_is_asked_for_one(string target)
    {
        await using var connection = await Service.Connect();
        await connection.Send($"GET {target} HTTP/1.1\r\nHost: {Service.Address.Authority}\r\n\r\n");
        var answer = await connection.ReadAnswer();
        answer.Status.ShouldBe(401, answer.Text);
        answer.Field("WWW-Authenticate").ShouldBe("Bearer");
    }

    [TestCaseSource(nameof(Targets))]
    public async Task A_known_caller_is_told_that_it_is_none(string target)
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead("GET", target));
        var answer = await connection.ReadAnswer();
        answer.Status.ShouldBe(400, answer.Text);
        answer.Text.ShouldContain("path_invalid");
    }
}
