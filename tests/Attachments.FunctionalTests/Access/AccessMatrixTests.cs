using Attachments.FunctionalTests.Support;
using Attachments.Testing;
using Microsoft.AspNetCore.Routing;

namespace Attachments.FunctionalTests.Access;

/// <summary>Who gets what answer from every endpoint that there is.</summary>
[TestFixture]
internal sealed class AccessMatrixTests
{
    private static readonly Who[] Everybody =
        [.. Enum.GetValues<Who>().Where(who => int.IsPow2((int)who))];

    private RunningService service = null!;
    private Scene untouched = null!;

    private static IEnumerable<TestCaseData> Lines =>
        AccessMatrix.Lines.Select(line => new TestCaseData(line).SetArgDisplayNames($"{line}"));

    private static IEnumerable<TestCaseData> LinesWithToken =>
        AccessMatrix.Lines.Where(line => line.Allowed != Who.Anyone).Select(line => new TestCaseData(line).SetArgDisplayNames($"{line}"));

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService("--Storage:ReclaimAfter=00:00:00");
        untouched = await Scene.Make(service);
    }

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [Test]
    public void Every_endpoint_of_the_service_has_its_line()
    {
        var endpoints = service.Endpoints.OfType<RouteEndpoint>().SelectMany(endpoint =>
            endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
                .Select(method => $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}"));
        endpoints.Distinct().Order().ShouldBe(AccessMatrix.Lines.Select(line => $"{line}").Order());
        service.Endpoints.ShouldAllBe(endpoint => endpoint is RouteEndpoint);
    }

    [TestCaseSource(nameof(LinesWithToken))]
    public async Task Those_who_may_not_are_refused_before_a_byte_of_the_body_is_read_and_change_nothing(MatrixLine line)
    {
        // What the service's own sweeping, each minute, would change otherwise while this looks.
        await service.Sweep();
        var before = await DatabaseContent.Digest(service.ConnectionString);
        foreach (var who in Everybody.Where(who => !line.Allowed.HasFlag(who)))
        {
            var answer = line.RefusedByBody.HasFlag(who) ? await Ask(line, who, untouched) : await AskWithoutBody(line, who);
            answer.Status.ShouldBe(line.StatusFor(who), $"{line} by {who}: {answer.Text}");
            (answer.Field("WWW-Authenticate")?.Split(' ')[0] == "Bearer").ShouldBe(answer.Status == 401, $"{line} by {who}");
        }

        (await DatabaseContent.Digest(service.ConnectionString)).ShouldBe(before);
    }

    [TestCaseSource(nameof(Lines))]
    public async Task Those_who_may_are_served(MatrixLine line)
    {
        foreach (var who in Everybody.Where(who => line.Allowed.HasFlag(who)))
        {
            // What reads leaves the scene as it is.
            var scene = line.Allowed == Who.Anyone || line.Method is "GET" or "HEAD" ? untouched : await Scene.Make(service, line.Pattern);
            var answer = await Ask(line, who, scene);
            answer.Status.ShouldBe(line.Success, $"{line} by {who}: {answer.Text}");
        }
    }

    private async Task<Answer> Ask(MatrixLine line, Who who, Scene scene)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Authorization = Scene.Token(service, who) is { } token ? new("Bearer", token) : null;
        return await client.Ask(new HttpMethod(line.Method), scene.Target(line.Pattern), line.Body?.Invoke(scene), line.AllFields);
    }

    /// <summary>Announces a body and never sends it, which only an answer that does not look at it survives.</summary>
    private async Task<Answer> AskWithoutBody(MatrixLine line, Who who)
    {
        var authorization = Scene.Token(service, who) is { } token ? $"Bearer {token}" : null;
        return await service.AskWithoutBody(line, untouched, authorization);
    }
}

internal static class WithheldBody
{
    /// <summary>Announces the body that the endpoint takes, if any, and sends none of it.</summary>
    /// <param name="service">Asked.</param>
    /// <param name="line">What for.</param>
    /// <param name="scene">Of what.</param>
    /// <param name="authorization">The field; null: none.</param>
    /// <param name="query">With its question mark.</param>
    public static async Task<Answer> AskWithoutBody(
        this RunningService service, MatrixLine line, Scene scene, string? authorization, string query = "")
    {
        var fields = authorization is null ? "" : $"Authorization: {authorization}\r\n";
        fields += string.Concat(line.AllFields.Select(field => $"{field.Name}: {field.Value}\r\n"));
        if (line.Body is not null)
        {
            using var body = line.Body(scene);
            fields += $"Content-Type: {body.Headers.ContentType}\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n";
        }

        await using var connection = await service.Connect();
        await connection.Send(
            $"{line.Method} {scene.Target(line.Pattern)}{query} HTTP/1.1\r\nHost: {service.Address.Authority}\r\n{fields}\r\n");
        return await connection.ReadAnswer(toHead: line.Method == "HEAD");
    }
}
