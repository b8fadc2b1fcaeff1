using System.Text.RegularExpressions;
using Attachments.Api.Callers;
using Attachments.FunctionalTests.Support;
using Microsoft.AspNetCore.Routing;

namespace Attachments.FunctionalTests.Changes;

/// <summary>What each endpoint that changes something writes into the feed.</summary>
[TestFixture]
internal sealed class WrittenChangesTests
{
    private static readonly string[] Reads = ["GET", "HEAD", "OPTIONS"];

    private readonly Guid user = Guid.NewGuid();
    private RunningService service = null!;
    private HttpClient client = null!;

    private static IEnumerable<TestCaseData> Lines =>
        ChangeMatrix.Lines.Select(line => new TestCaseData(line).SetArgDisplayNames($"{line}"));

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService("--Storage:ReclaimAfter=00:00:00");
        client = service.ClientWith(service.Sign(new TokenRequest(user.ToString()) { IsAdmin = true }));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        client.Dispose();
        await service.DisposeAsync();
    }

    [Test]
    public void Every_endpoint_that_writes_has_its_lines()
    {
        var endpoints = service.Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
                .Except(Reads)
                .Select(method => $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}"));
        endpoints.Distinct().Order().ShouldBe(ChangeMatrix.Lines.Select(line => line.Endpoint).Distinct().Order());
    }

    [TestCaseSource(nameof(Lines))]
    public async Task Writes_what_it_changes_and_nothing_else(ChangeLine line)
    {
        var request = await line.Prepare(new ChangeStage(service, client, user));
        Regex.IsMatch(request.Target.Split('?')[0].TrimEnd('/'), Pattern(line.Pattern)).ShouldBeTrue(request.Target);
        var before = await service.ReadCursor();
        var started = DateTimeOffset.UtcNow;

        var sender = request.IsAnonymous ? service.Anonymous : client;
        var answer = await sender.Ask(new HttpMethod(line.Method), request.Target, request.Body, request.Fields);
        (request.Status is { } status ? answer.Status == status : answer.Status is >= 200 and < 300).ShouldBeTrue($"{answer.Status} {answer.Text}");

        // What happens to different objects at once has no order.
        var changes = (await service.ReadChangesAfter(before)).OrderBy(change => change.Text("subject"), StringComparer.Ordinal).ToList();
        var expected = request.Expected(answer).OrderBy(change => change.Subject, StringComparer.Ordinal).ToList();
        changes.Types().ShouldBe(expected.Select(change => change.Type));
        foreach (var (change, wanted) in changes.Zip(expected))
        {
            wanted.ShouldBe(change);
            change.GetProperty("by").GetGuid().ShouldBe(user);
            change.GetProperty("id").GetGuid().Version.ShouldBe(7);
            change.GetProperty("timestamp").GetDateTimeOffset().ShouldBeInRange(started.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
            if (wanted.IsOfSomethingThere)
            {
                (await client.Ask(HttpMethod.Get, wanted.Subject)).Status.ShouldBe(200, wanted.Subject);
            }
        }
    }

    [Test]
    public async Task Says_when_a_set_has_expired_and_that_nobody_did_it()
    {
        var set = TemporarySet.New(client);
        await set.Have("a", "b");
        var before = await service.ReadCursor();
        await service.Execute($"UPDATE temporary_sets SET last_upload_at = now() - interval '40 days' WHERE temporary_id = '{set.Id}'");
        await service.Sweep();
        var change = (await service.ReadChangesAfter(before)).ShouldHaveSingleItem();
        ExpectedChange.Set("set.expired", 3, set.Id).ShouldBe(change);
        change.GetProperty("by").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Test]
    public async Task Says_of_every_family_that_bytes_are_missing_and_found_again()
    {
        await using var another = await TestBed.StartService();
        var stage = new ChangeStage(another, another.Admin, Guid.NewGuid());
        var file = Files.Make(Files.Small);
        await stage.HavePoint(file);
        await stage.Forms.Have("1");
        await stage.Forms.HaveFile("1", "f/a.png", file);
        var item = (await stage.Set.Have(("a", file)))[0].Id();
        var owned = await stage.Owned.Have(file);
        ExpectedChange[] Expect(string type) =>
        [
            stage.Point(type, 2, "p").With(file, "application/octet-stream"),
            stage.RecordFile(type, 1, "f", "a.png").With(file, "image/png"),
            ExpectedChange.Item(type, 1, stage.Set.Id, item).With(file, "image/jpeg"),
            ExpectedChange.Owned(type, 0, owned).With(file, "image/png"),
        ];

        await another.Execute("UPDATE blobs SET missing_since = now()");
        await ShouldSay(() => another.Verify(), Expect("content.found"));
        await another.Execute("SELECT lo_unlink(large_object) FROM blobs");
        await ShouldSay(() => another.Verify(), Expect("content.missing"));
        await ShouldSay(() => another.Verify(), []);

        // A set that has ended has no more changes.
        await another.Execute("UPDATE temporary_sets SET ended_at = now()");
        await another.Execute("UPDATE blobs SET missing_since = NULL");
        await ShouldSay(() => another.Verify(), [.. Expect("content.missing").Where((_, i) => i != 2)]);

        async Task ShouldSay(Func<Task> act, ExpectedChange[] expected)
        {
            var before = await another.ReadCursor();
            await act();
            var changes = await another.ReadChangesAfter(before);
            changes.Count.ShouldBe(expected.Length);
            foreach (var wanted in expected)
            {
                wanted.ShouldBe(changes.Single(change => change.Text("subject") == wanted.Subject));
            }

            changes.ShouldAllBe(change => change.GetProperty("by").ValueKind == System.Text.Json.JsonValueKind.Null);
        }
    }

    private static string Pattern(string pattern) => $"^{Regex.Replace(pattern, @"\{[^}]+\}", "[^/]+")}$";
}
