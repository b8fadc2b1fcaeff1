using Attachments.FunctionalTests.Access;
using Attachments.FunctionalTests.Support;
using Microsoft.AspNetCore.Routing;

namespace Attachments.FunctionalTests.Answers;

/// <summary>The methods of every route, taken from the routes that the service has.</summary>
[TestFixture]
internal sealed class HeadTests
{
    // Those of the connection, and of the moment. A transfer coding is of the content, which HEAD does not have.
    private static readonly string[] Passing = ["Connection", "Date", "Transfer-Encoding"];

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

    [Test]
    public async Task Every_get_has_its_head_with_the_same_fields_and_no_body()
    {
        // HEAD of an upload is answered 204 (Resumable Uploads for HTTP, "Offset Retrieval"), without the document that GET adds.
        var gets = Routes().Where(route => route.Methods.Contains("GET") && route.Pattern != "/uploads/{id}").ToList();
        gets.Count.ShouldBeGreaterThan(20);
        foreach (var (pattern, _) in gets)
        {
            var get = await Send("GET", scene.Target(pattern));
            get.Status.ShouldBeOneOf(200, 302);
            var head = await Send("HEAD", scene.Target(pattern));
            head.Status.ShouldBe(get.Status, pattern);
            GetFields(head).ShouldBe(GetFields(get), pattern);
        }
    }

    [TestCase("/v1/attachments/999999999", 404)]
    [TestCase("/v1/attachments/x", 400)]
    [TestCase("/v1/attachments?limit=0", 400)]
    [TestCase("/api/v1/project/7/sessions/nobody", 404)]
    [TestCase("/api/temporaryattachmentset/{id}?$filter=x", 400)]
    [TestCase("/nowhere", 404)]
    public async Task A_refusal_of_get_is_one_of_head(string target, int status)
    {
        var get = await Send("GET", scene.Target(target));
        get.Status.ShouldBe(status, get.Text);
        var head = await Send("HEAD", scene.Target(target));
        head.Status.ShouldBe(status);

        // Its identifier makes no difference to its length.
        GetFields(head).ShouldBe(GetFields(get));
    }

    [TestCase("OPTIONS")]
    [TestCase("PROPFIND")]
    [TestCase("TRACE")]
    public async Task What_is_no_method_of_a_route_is_told_those_that_are(string method)
    {
        // "archive" is also an id of attachments, as far as the routes know.
        foreach (var (pattern, methods) in Routes()
            .Where(route => !route.Methods.Contains(method) && !route.Pattern.EndsWith("attachments/archive", StringComparison.Ordinal)))
        {
            var target = scene.Target(pattern);
            var answer = await Send(method, target);
            answer.Status.ShouldBe(405, target);
            var allowed = answer.Field("Allow").ShouldNotBeNull().Split(", ");
            methods.ShouldBeSubsetOf(allowed, $"{method} {target}");

            // Those of another route that the address fits as well: DELETE of a file in the folder "content".
            foreach (var other in allowed.Except(methods))
            {
                (await Send(other, target)).Status.ShouldBe(404, $"{other} {target}");
            }
        }
    }

    /// <summary>All that there are, with the methods of each address.</summary>
    private IEnumerable<(string Pattern, IReadOnlyList<string> Methods)> Routes() =>
        from endpoint in service.Endpoints.OfType<RouteEndpoint>()
        group endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
            by $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}" into route
        select (route.Key, (IReadOnlyList<string>)[.. route.SelectMany(methods => methods).Distinct()]);

    private async Task<Answer> Send(string method, string target)
    {
        await using var connection = await service.Connect();
        await connection.Send(service.RequestHead(method, target, "Connection: close"));
        var answer = await connection.ReadAnswer(toHead: method == "HEAD");

        // Nothing comes behind what is no body.
        (await connection.ReadToEnd()).ShouldBeEmpty($"{method} {target}");
        return answer;
    }

    private static IEnumerable<string> GetFields(Answer answer) => answer.Fields
        .Where(field => !Passing.Contains(field.Key, StringComparer.OrdinalIgnoreCase))
        .Select(field => $"{field.Key}: {field.Value}")
        .Order(StringComparer.Ordinal);
}
