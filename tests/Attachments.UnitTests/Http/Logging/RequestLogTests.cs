using Attachments.Api.Callers;
using Attachments.UnitTests.Hosting;
using Microsoft.Extensions.Logging;

namespace Attachments.UnitTests.Http.Logging;

public sealed class RequestLogTests
{
    private static readonly TokenRequest Alice = new("7b3a9a1e-6d0c-4a4b-8f3e-1c2d3e4f5a6b");

    [Test]
    public async Task Writes_one_line_with_the_route_and_what_went_over_the_wire()
    {
        var line = await LineFor(HttpMethod.Post, "/samples/echo/secret.jpg?filename=secret.jpg", new byte[5000]);
        line.Level.ShouldBe(LogLevel.Information);
        line.Values["Method"].ShouldBe("POST");
        line.Values["Route"].ShouldBe("/samples/echo/{name}");
        line.Values["Status"].ShouldBe(200);
        line.Values["BytesIn"].ShouldBe(5000L);
        line.Values["BytesOut"].ShouldBe(5000L + "secret.jpg".Length);
        line.Values["User"].ShouldBe(Alice.Subject);
        line.Values["Duration"].ShouldBeOfType<double>().ShouldBeGreaterThan(0);
        line.Text.ShouldNotContain("secret");
    }

    [Test]
    public async Task Counts_a_file_that_the_server_sends_by_itself() =>
        (await LineFor(HttpMethod.Get, "/samples/file")).Values["BytesOut"].ShouldBe(90L);

    [Test]
    public async Task Counts_nothing_for_head() => (await LineFor(HttpMethod.Head, "/samples/file")).Values["BytesOut"].ShouldBe(0L);

    [Test]
    public async Task Keeps_the_route_of_a_request_that_failed()
    {
        var line = await LineFor(HttpMethod.Get, "/samples/refused/unknown");
        line.Level.ShouldBe(LogLevel.Error);
        line.Values["Route"].ShouldBe("/samples/refused/{kind}");
        line.Values["Status"].ShouldBe(500);
        ((long)line.Values["BytesOut"]!).ShouldBeGreaterThan(0);
    }

    [Test]
    public async Task Names_neither_route_nor_user_where_there_is_none()
    {
        var line = await LineFor(HttpMethod.Get, "/secret", token: false);
        line.Values["Route"].ShouldBe("-");
        line.Values["User"].ShouldBe("-");
        line.Text.ShouldNotContain("secret");
    }

    [Test]
    public async Task Is_quiet_about_health() => (await LineFor(HttpMethod.Get, "/health/live")).Level.ShouldBe(LogLevel.Debug);

    private static async Task<LogRecorder.LogLine> LineFor(HttpMethod method, string path, byte[]? body = null, bool token = true)
    {
        await using var api = await SmallApi.Start();
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new ByteArrayContent(body) };
        using var response = await (token ? api.As(Alice) : api).Client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        await api.Stop();
        return api.Log.Requests.ShouldHaveSingleItem();
    }
}
