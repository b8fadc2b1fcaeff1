using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

/// <summary>
/// A session has up to 10,000 points, and a request that brings more is refused while it is read, in memory that does not depend on how
/// many more there are.
/// </summary>
[TestFixture]
[NonParallelizable] // What is allocated is the whole process's.
internal sealed class TooManyPointsTests
{
    private const int Limit = 10_000;
    private const int Many = 1_500_000;

    /// <summary>What it costs, in bytes, of which the body itself was held by the test before.</summary>
    private const long MaxAllocated = 64 << 20;

    private RunningService service = null!;

    [OneTimeSetUp]
    public async Task Start() => service = await TestBed.StartService();

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    private static IEnumerable<TestCaseData> Bodies()
    {
        yield return new TestCaseData((Func<int, HttpContent>)Json).SetArgDisplayNames("JSON");
        yield return new TestCaseData((Func<int, HttpContent>)Form).SetArgDisplayNames("urlencoded");
    }

    [TestCaseSource(nameof(Bodies))]
    public async Task Are_refused_while_they_are_read(Func<int, HttpContent> body)
    {
        var project = Project.New(service.Admin);
        using var sent = body(Many);
        sent.Headers.ContentLength.ShouldNotBeNull().ShouldBeGreaterThan(11_000_000);
        sent.Headers.ContentLength.ShouldNotBeNull().ShouldBeLessThan(16 << 20);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        (await project.Create(sent)).ShouldBeProblem(400, "too_many_points");
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(MaxAllocated);
        (await project.List()).ShouldSucceed();
    }

    [TestCaseSource(nameof(Bodies))]
    public async Task Are_as_many_as_may_be_and_not_one_more(Func<int, HttpContent> body)
    {
        var project = Project.New(service.Admin);
        (await project.Create(body(Limit + 1))).ShouldBeProblem(400, "too_many_points");
        (await project.Create(body(Limit))).ShouldSucceed().GetProperty("data").EnumerateObject().Count().ShouldBe(Limit);
    }

    [Test]
    public async Task A_point_that_is_sent_again_and_again_is_one()
    {
        var project = Project.New(service.Admin);
        var form = "session[unit_id]=u" + string.Concat(Enumerable.Range(0, Limit + 1).Select(value => $"&session[data][p]={value}"));
        (await project.Create(Body.RawForm(form))).ShouldSucceed().GetProperty("data").ShouldBeJson($$"""{"p":"{{Limit}}"}""");
    }

    [Test]
    public async Task Are_refused_in_a_multipart_form()
    {
        await using var generous = await TestBed.StartService("--Limits:MaxParts=20000");
        var project = Project.New(generous.Admin);
        var parts = Enumerable.Range(0, Limit + 1).Select(point => Part.Field($"session[data][{point}]", "1"));
        (await project.Create(Body.Multipart([Part.Field("session[unit_id]", "u"), .. parts]))).ShouldBeProblem(400, "too_many_points");
    }

    [TestCase("""{"session":{"unit_id":"u","data":{}},"other":[VALUES]}""", 200)]
    [TestCase("""{"session":{"unit_id":"u","other":{"x":[VALUES]},"data":{}}}""", 200)]
    public async Task What_means_nothing_costs_nothing(string json, int status)
    {
        var project = Project.New(service.Admin);
        using var sent = Body.Json(
            json.Replace("VALUES", string.Join(',', Enumerable.Repeat("[1,{}]", 2_000_000)), StringComparison.Ordinal));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        (await project.Create(sent)).Status.ShouldBe(status);
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(MaxAllocated);
    }

    [Test]
    public async Task Other_documents_are_bounded_as_well()
    {
        var numbers = string.Join(',', Enumerable.Range(0, 1_000_000).Select(number => $"\"{number}\":1"));
        var forms = FormType.New(service.Admin);
        var set = TemporarySet.New(service.Admin);
        await set.Have("n");
        var files = OwnedFiles.OfAdmin(service);
        var id = await files.Have([1]);

        await ShouldCostLittle(async () => ShouldNameTheValues(await forms.Put("1", $"{{{numbers}}}")));
        await ShouldCostLittle(async () => ShouldNameTheValues(
            await set.Claim($$"""{"Session":{"ProjectId":7,"Uuid":"s","Points":{ {{numbers}} } } }""")));
        await ShouldCostLittle(async () => ShouldNameTheValues(await files.Put(id, Body.Json($"{{{numbers}}}"))));
    }

    private static void ShouldNameTheValues(Answer answer)
    {
        answer.Status.ShouldBe(413, answer.Text);
        answer.Text.ShouldContain("\"document_too_large\"");
        answer.Text.ShouldContain("250000 values");
    }

    private static async Task ShouldCostLittle(Func<Task> request)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await request();

        // The test makes the body as well: its text, and its bytes.
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(4 * MaxAllocated);
    }

    private static HttpContent Json(int points) =>
        Body.Session($"\"unit_id\":\"u\",\"data\":{{{string.Join(',', Names(points).Select(name => $"\"{name}\":1"))}}}");

    /// <summary>Their names are short, so that many are within the limit of a document: no bracket is encoded.</summary>
    private static HttpContent Form(int points) => points == Many
        ? Body.RawForm("session[unit_id]=u" + string.Concat(Names(600_000).Select(name => $"&session[data][{name}]")))
        : Body.RawForm("session[unit_id]=u" + string.Concat(Names(points).Select(name => $"&session[data][{name}]=1")));

    private static IEnumerable<string> Names(int count)
    {
        var name = new StringBuilder();
        for (var number = 0; number < count; number++)
        {
            name.Clear();
            for (var rest = number; name.Length == 0 || rest > 0; rest /= 36)
            {
                name.Append("0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36]);
            }

            yield return name.ToString();
        }
    }
}
