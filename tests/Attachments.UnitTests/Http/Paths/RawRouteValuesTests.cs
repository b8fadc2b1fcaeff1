using System.Security.Claims;
using Attachments.Api.Http.Paths;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.UnitTests.Http.Paths;

public sealed class RawRouteValuesTests
{
    private LoopbackServer server = null!;

    [OneTimeSetUp]
    public async Task Start() => server = await LoopbackServer.Start(
        app =>
        {
            app.Use(async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                catch (InvalidRequestException refusal)
                {
                    context.Response.StatusCode = StatusCodes.Status400BadRequest;
                    context.Response.ContentLength = refusal.Code.Length;
                    await context.Response.WriteAsync(refusal.Code);
                }
            });
            app.UseRawPath();
            app.UsePathBase("/base");
            app.UseRouting();
            app.UseRawRouteValues();
            app.Use((context, next) =>
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity("test"));
                return next(context);
            });
            app.UsePathRefusals();
            app.MapControllers();
        },
        builder => builder.Services.AddControllers().AddApplicationPart(typeof(SegmentsController).Assembly));

    [OneTimeTearDown]
    public async Task Stop() => await server.DisposeAsync();

    [TestCase("/points/a/b", "a|b")]
    [TestCase("/points/a/b/", "a|b")]
    [TestCase("/points/a?x=/y", "a|")]
    [TestCase("/points/a/?x", "a|")]
    [TestCase("/POINTS/a", "a|")]
    [TestCase("/%70oints/a", "a|")]
    [TestCase("/points/a%2Fb/c%2f", "a/b|c/")]
    [TestCase("/points/a%252Fb/%2525", "a%2Fb|%25")]
    [TestCase("/points/a+b/c%20d%2B", "a+b|c d+")]
    [TestCase("/points/k%C3%A4/e%CC%81", "kä|e\u0301")]
    [TestCase("/points/.a/...", ".a|...")]
    [TestCase("/points/..%2F../a", "../..|a")]
    [TestCase("/points/%252e%252e/a", "%2e%2e|a")]
    [TestCase("http://localhost/points/a%2Fb/c?x", "a/b|c")]
    [TestCase("/base/points/a%2Fb", "a/b|")]
    [TestCase("/base%2Fpoints/a", null)]
    [TestCase("/points%2Fa/b", null)]
    [TestCase("//points/a", null)]
    [TestCase("/points//a", null)]
    [TestCase("/points/a//", null)]
    [TestCase("/points/a/b/c", null)]
    public async Task Binds_each_parameter_to_the_segment_that_was_sent(string target, string? bound)
    {
        var (status, body) = await server.Get(target);

        status.ShouldBe(bound is null ? 404 : 200);
        body.ShouldBe(bound ?? "");
    }

    [TestCase("/files/file_a%2Fb.txt", "a/b")]
    [TestCase("/files/FILE_a%252Fb.TXT", "a%2Fb")]
    public async Task Takes_the_literals_of_a_segment_off(string target, string bound) => (await server.Get(target)).Body.ShouldBe(bound);

    [TestCase("/points/%2e%2e/points/a")]
    [TestCase("/points/x/../a")]
    [TestCase("/points/a/.%2e")]
    [TestCase("/points/./a")]
    [TestCase("/nowhere/%2E")]
    [TestCase("/points/%c0%af")]
    [TestCase("/points/%FF")]
    [TestCase("/points/%zz")]
    [TestCase("/points/%2")]
    [TestCase("/points/a%/b")]
    [TestCase("http://localhost/points/../points/a")]
    public async Task Refuses_a_path_that_names_another_one(string target) => (await server.Get(target)).ShouldBe((400, "path_invalid"));

    [TestCase("/points/%00")]
    [TestCase("/points/a%00b")]
    [TestCase("/points/k\u00E4")]
    [TestCase("points/a")]
    [TestCase("http:///points/a")]
    public async Task Leaves_to_the_server_what_it_refuses_itself(string target) => (await server.Get(target)).Status.ShouldBe(400);

    [Test]
    public async Task Never_fails_on_a_target()
    {
        var random = new Random(20_240_229);
        string[] pieces =
        [
            "/points", "/", "/a", "%2e", "%2F", "%25", "%C3%A4", "%c0", "%00", "%", "..", "?", "#", "\\", ":", "//", "http://h", "/base",
            "*", ";", "@", "|",
        ];
        for (var i = 0; i < 500; i++)
        {
            var target = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => pieces[random.Next(pieces.Length)]));
            (await server.Get(target)).Status.ShouldBeInRange(200, 499, target);
        }
    }

    [TestCase("/all/{**rest}")]
    [TestCase("/all/{*rest}")]
    [TestCase("/two/{a}-{b}")]
    [TestCase("/file/{name}.{extension?}")]
    public async Task A_route_that_cannot_be_served_stops_the_application_from_starting(string pattern)
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(async () =>
        {
            await using var started = await LoopbackServer.Start(app =>
            {
                app.UseRawPath();
                app.UseRouting();
                app.UseRawRouteValues();
                app.MapGet(pattern, () => "never");
            });
        });

        failure.Message.ShouldContain(pattern);
    }
}

[ApiController]
public sealed class SegmentsController : ControllerBase
{
    [HttpGet("/points/{first}/{second?}")]
    public ContentResult Points(string first, string? second) => Content($"{first}|{second}");

    [HttpGet("/files/file_{name}.txt")]
    public ContentResult Files(string name) => Content(name);
}
