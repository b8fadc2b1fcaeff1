using System.Globalization;
using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

/// <summary>What a session may say with all its points together, and how all of that comes back.</summary>
[TestFixture]
internal sealed class SessionSizeTests
{
    private const string Uuid = "s";
    private const int MaxSessionBytes = 100_000;

    private RunningService service = null!;
    private Project project = null!;

    [OneTimeSetUp]
    public async Task Start() => service = await TestBed.StartService($"--Limits:MaxSessionBytes={MaxSessionBytes}");

    [OneTimeTearDown]
    public async Task Stop() => await service.DisposeAsync();

    [SetUp]
    public void NewProject() => project = Project.New(service.Admin);

    // The name takes a byte of its own.
    [TestCase(MaxSessionBytes - 1, 200)]
    [TestCase(MaxSessionBytes, 413)]
    public async Task A_session_is_created_up_to_the_limit(int bytes, int status)
    {
        var answer = await project.Create(Document($"\"p\":\"{new string('x', bytes)}\""));
        answer.Status.ShouldBe(status, answer.Text);
        if (status == 413)
        {
            answer.ShouldBeProblem(413, "session_too_large");
            (await project.Get(Uuid)).Status.ShouldBe(404);
        }
    }

    [Test]
    public async Task It_is_bytes_that_count_and_not_characters() =>
        (await project.Create(Document($"\"p\":\"{new string('ü', (MaxSessionBytes / 2) + 1)}\"")))
            .ShouldBeProblem(413, "session_too_large");

    [Test]
    public async Task Embedded_bytes_count_as_they_are_decoded()
    {
        var raw = Convert.ToBase64String(new byte[40_000]);
        (await project.Create(Document($$"""  "p":{"rawData":"{{raw}}"},"q":{"rawData":"{{raw}}"}  """))).ShouldSucceed();
        (await Merge($$"""  "r":{"rawData":"{{raw}}"}  """)).ShouldBeProblem(413, "session_too_large");
        (await Merge($$"""  "q":{"rawData":"{{raw}}"}  """)).ShouldSucceed();
    }

    [Test]
    public async Task Merges_do_not_pass_it_one_after_another()
    {
        (await project.Create(Document(Text("p", 90_000)))).ShouldSucceed();
        (await Merge(Text("q", 20_000))).ShouldBeProblem(413, "session_too_large");
        (await project.Get(Uuid)).ShouldSucceed().GetProperty("data").Names().ShouldBe(["p"]);
        (await Merge(Text("p", 10))).ShouldSucceed();
        (await Merge(Text("q", 90_000))).ShouldSucceed();
    }

    [Test]
    [Repeat(5)]
    public async Task Merges_do_not_pass_it_together()
    {
        await NewSession();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Merge(Text($"p{i}", 30_000))));
        answers.Count(answer => answer.Status == 200).ShouldBe(3);
        foreach (var refused in answers.Where(answer => answer.Status != 200))
        {
            refused.ShouldBeProblem(413, "session_too_large");
        }

        (await project.Get(Uuid)).ShouldSucceed().GetProperty("data").EnumerateObject().Count().ShouldBe(3);
    }

    [Test]
    public async Task Nor_does_a_claim_whose_files_are_kept_in_their_set()
    {
        (await project.Create(Document(Text("p", MaxSessionBytes - 10)))).ShouldSucceed();
        var set = TemporarySet.New(service.Admin);
        (await set.Upload(Part.File("a point of twenty an", [1]))).Status.ShouldBe(201);
        var projectId = long.Parse(project.Sessions.Split('/')[4], CultureInfo.InvariantCulture);
        (await set.ClaimIntoSession(projectId, Uuid)).ShouldBeProblem(413, "session_too_large");
        (await set.Names()).ShouldBe(["a point of twenty an"]);
        (await Merge(Text("p", 10))).ShouldSucceed();
        (await set.ClaimIntoSession(projectId, Uuid)).Status.ShouldBe(200);
    }

    /// <summary>More points, and longer texts, than are read at once; every character in its place.</summary>
    [TestCase("x")]
    [TestCase("ü")]
    [TestCase("€")]
    [TestCase("😀")]
    [TestCase("\"")]
    [TestCase("\u0001")]
    public async Task A_session_of_many_steps_comes_back_as_it_was_stored(string character)
    {
        var shared = Project.New(TestBed.Service.Admin);
        var count = 1_000_000 / Encoding.UTF8.GetByteCount(character);
        var text = string.Concat(Enumerable.Range(0, count).Select(i => i % 1000 == 0 ? "." : character));
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["a long one"] = text,
            ["m long one"] = text + "end",
            ["z long one"] = text,
        };
        await shared.Have(Uuid);
        foreach (var point in expected)
        {
            (await shared.Merge(Uuid, Body.Multipart(Part.Field($"session[data][{point.Key}]", point.Value)))).Status.ShouldBe(200);
        }

        for (var i = 0; i < 450; i++)
        {
            expected[$"p{i:000}"] = $"{i}";
        }

        var small = expected.Where(point => point.Key[0] == 'p').Select(point => $"\"{point.Key}\":\"{point.Value}\"");
        var merged = await shared.Merge(Uuid, Body.Session($$"""  "data":{{{string.Join(',', small)}},"raw":{"rawData":"AQID"} }  """));
        foreach (var answer in new[] { merged, await shared.Get(Uuid) })
        {
            var data = answer.ShouldSucceed().GetProperty("data");
            data.EnumerateObject().Where(point => point.Name != "raw").ToDictionary(point => point.Name, point => point.Value.GetString()!)
                .ShouldBe(expected, ignoreOrder: true);
            data.GetProperty("raw").GetProperty("rawData").GetString().ShouldBe("AQID");
            data.Names().ShouldBe([.. expected.Keys.Append("raw").Order(StringComparer.Ordinal)]);
        }
    }

    /// <summary>One who does not read costs neither a connection nor the text that waits for him.</summary>
    [Test]
    public async Task A_slow_reader_is_cut_off_rather_than_shown_two_states()
    {
        var shared = Project.New(TestBed.Service.Admin);
        await shared.Have(Uuid);
        foreach (var name in "abcdefgh")
        {
            (await shared.Merge(Uuid, Body.Session($$"""  "data":{{{Text($"{name}", 1_400_000)}}}  """))).Status.ShouldBe(200);
        }

        await using var slow = await TestBed.Service.Connect(receiveBuffer: 4096);
        await slow.Send(TestBed.Service.RequestHead("GET", shared.Session(Uuid)));
        await slow.Read(1000);
        (await shared.Merge(Uuid, Body.Session("""  "data":{"h":"changed"}  """))).Status.ShouldBe(200);
        var text = new StringBuilder();
        await Should.ThrowAsync<IOException>(async () =>
        {
            while (true)
            {
                text.Append(Encoding.ASCII.GetString(await slow.Read(1000)));
            }
        });
        text.ToString().ShouldNotContain("changed");
    }

    private Task NewSession() => project.Have(Uuid);

    private Task<Answer> Merge(string points) => project.Merge(Uuid, Body.Session($$"""  "data":{{{points}}}  """));

    private static string Text(string point, int bytes) => $"\"{point}\":\"{new string('x', bytes - point.Length)}\"";

    private static HttpContent Document(string points) =>
        Body.Session($$"""  "uuid":"{{Uuid}}","unit_id":"u","data":{{{points}}}  """);
}
