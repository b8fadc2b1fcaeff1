using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Attachments.Api.Callers;
using Attachments.Api.Http.Errors;
using Attachments.UnitTests.Hosting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Attachments.UnitTests.Http.Errors;

[TestFixture("Production")]
[TestFixture("Development")]
public sealed class ErrorRegistrationTests(string environment)
{
    private SmallApi api = null!;

    [SetUp]
    public async Task Start()
    {
        api = await SmallApi.Start(
            builder => builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = 2000), environment);
        api.As(new TokenRequest("alice"));
    }

    [TearDown]
    public async Task Stop() => await api.DisposeAsync();

    [TestCase("GET", "/nowhere", 404, "route_not_found")]
    [TestCase("GET", "/samples/numbers/seven", 400, "validation_failed")]
    [TestCase("GET", "/samples/refused/absent", 404, "not_found")]
    [TestCase("GET", "/samples/refused/forbidden", 403, "forbidden")]
    [TestCase("GET", "/samples/refused/conflict", 409, "already_there")]
    [TestCase("GET", "/samples/refused/invalid", 400, "validation_failed")]
    [TestCase("GET", "/samples/refused/domain", 400, "file_name_too_long")]
    [TestCase("GET", "/samples/refused/unavailable", 503, "database_unreachable")]
    [TestCase("GET", "/samples/refused/gone", 410, "content_missing")]
    [TestCase("GET", "/samples/refused/unknown", 500, "internal_error")]
    [TestCase("DELETE", "/samples/file", 405, "method_not_allowed")]
    [TestCase("POST", "/samples/documents", 415, "unsupported_media_type")]
    public async Task Answers_every_error_with_a_problem(string method, string path, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await api.Client.SendAsync(request);
        await ShouldBeProblem(response, status, code);
    }

    [Test]
    public async Task Asks_an_unknown_caller_for_a_token()
    {
        api.Client.DefaultRequestHeaders.Authorization = null;
        using var response = await api.Client.GetAsync("/samples/caller");
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        await ShouldBeProblem(response, 401, "unauthenticated");
    }

    [Test]
    public async Task Asks_for_a_token_before_it_looks_at_the_route()
    {
        api.Client.DefaultRequestHeaders.Authorization = null;
        using var response = await api.Client.GetAsync("/samples/numbers/seven");
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task Names_the_methods_that_an_address_knows()
    {
        using var response = await api.Client.DeleteAsync("/samples/file");
        response.Content.Headers.Allow.ShouldBe(["GET", "HEAD", "PUT"], ignoreOrder: true);
    }

    [Test]
    public async Task Names_the_parameter_that_cannot_be_bound()
    {
        var errors = await Errors(await api.Client.GetAsync("/samples/numbers/seven"));
        errors.GetProperty("number")[0].GetString().ShouldNotBeNullOrEmpty();
    }

    [Test]
    public async Task Names_no_type_of_ours_for_a_body_that_cannot_be_parsed()
    {
        using var content = new StringContent("""{"number":"seven"}""", Encoding.UTF8, "application/json");
        using var response = await api.Client.PostAsync("/samples/documents", content);
        var body = await ShouldBeProblem(response, 400, "validation_failed");
        body.ShouldNotContain("System.");
        body.ShouldNotContain("Attachments.");
    }

    [Test]
    public async Task Says_when_to_come_back()
    {
        using var response = await api.Client.GetAsync("/samples/refused/unavailable");
        response.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Test]
    public async Task Leaves_letters_and_quotes_readable()
    {
        var body = await (await api.Client.GetAsync("/samples/refused/conflict")).Content.ReadAsStringAsync();
        body.ShouldContain("Zoë's <file> is there.");
    }

    [Test]
    public async Task Sends_head_the_headers_alone()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/nowhere");
        using var response = await api.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        response.Content.Headers.ContentLength.ShouldNotBeNull().ShouldBeGreaterThan(0);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Test]
    public async Task Keeps_the_status_of_a_body_that_the_server_finds_too_large()
    {
        using var content = new ByteArrayContent(new byte[3000]);
        using var response = await api.Client.PostAsync("/samples/echo/x", content);
        await ShouldBeProblem(response, 413, "request_too_large");
    }

    [Test]
    public async Task Logs_a_failure_with_its_stack_and_the_trace_that_the_answer_names()
    {
        using var response = await api.Client.GetAsync("/samples/refused/unknown");
        var body = await response.Content.ReadAsStringAsync();
        body.ShouldNotContain("secret");
        var line = api.Log.Lines.Where(line => line.Exception is InvalidOperationException).ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Error);
        await api.Stop();
        api.Log.Requests.ShouldHaveSingleItem().Values["RequestTrace"].ShouldBe(
            JsonDocument.Parse(body).RootElement.GetProperty("traceId").GetString());
    }

    [Test]
    public async Task Logs_no_error_for_a_refusal()
    {
        await api.Client.GetAsync("/samples/refused/conflict");
        await api.Stop();
        api.Log.Lines.ShouldAllBe(line => line.Level < LogLevel.Warning);
    }

    [TestCase("unknown", 500, LogLevel.Error)]
    [TestCase("unavailable", 503, LogLevel.Warning)]
    [TestCase("conflict", 409, LogLevel.Debug)]
    public async Task Ends_the_connection_when_a_response_fails_half_way(string kind, int status, LogLevel level)
    {
        await Should.ThrowAsync<HttpRequestException>(() => api.Client.GetAsync($"/samples/cut-off/{kind}"));
        await api.Stop();
        api.Log.From<ProblemExceptionHandler>().ShouldHaveSingleItem().Level.ShouldBe(level);
        api.Log.Requests.ShouldHaveSingleItem().Values["Status"].ShouldBe(status);
    }

    [TestCase("endless")]
    [TestCase("patient")]
    public async Task Logs_a_client_that_left_without_an_error(string path)
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, api.Client.BaseAddress!.Port);
            var token = api.TokenFor(new TokenRequest("alice"));
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"GET /samples/{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"));
            await EndpointRuns();
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        await api.Stop();
        api.Log.Lines.ShouldAllBe(line => line.Level < LogLevel.Warning);
        api.Log.Requests.ShouldHaveSingleItem().Values["Status"].ShouldBe(499);
    }

    private async Task EndpointRuns()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!api.Log.Lines.Any(line => line.Text.StartsWith("Executing endpoint", StringComparison.Ordinal)))
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private static async Task<JsonElement> Errors(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("errors");

    private static async Task<string> ShouldBeProblem(HttpResponseMessage response, int status, string code)
    {
        var body = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, body);
        response.Content.Headers.ContentType?.ToString().ShouldBe("application/problem+json; charset=utf-8");
        var problem = JsonDocument.Parse(body).RootElement;
        problem.GetProperty("type").GetString().ShouldBe("about:blank");
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("traceId").GetString().ShouldNotBeNull().Length.ShouldBe(32);
        body.ShouldNotContain("secret");
        body.ShouldNotContain("Exception");
        return body;
    }
}
