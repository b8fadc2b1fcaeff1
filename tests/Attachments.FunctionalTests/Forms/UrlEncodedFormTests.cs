using System.Text.Json;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Forms;

/// <summary>
/// Urlencoded forms as the URL Standard parses them (section 5.1): split at <c>&amp;</c>, empty pieces passed over, a piece without
/// <c>=</c> is a name with an empty value.
/// </summary>
[TestFixture]
internal sealed class UrlEncodedFormTests : SessionsFixture
{
    private const string Unit = "session[unit_id]=u";

    [TestCase($"{Unit}&session[data][flag]&session[data][note]=hi", """{"flag":"","note":"hi"}""")]
    [TestCase($"{Unit}&session[data][note]=hi&session[data][flag]", """{"flag":"","note":"hi"}""")]
    [TestCase($"{Unit}&&session[data][a]=1&session[data][b]=2&", """{"a":"1","b":"2"}""")]
    [TestCase($"&{Unit}&session[data][a]=1", """{"a":"1"}""")]
    [TestCase($"&&&{Unit}&&&session[data][a]=1&&&", """{"a":"1"}""")]
    [TestCase($"=&{Unit}&=x&session[data][a]=1&=", """{"a":"1"}""")]
    [TestCase($"{Unit}&session[data][a]==&session[data][b]=1=2=3", """{"a":"=","b":"1=2=3"}""")]
    [TestCase($"{Unit}&session%5Bdata%5D%5Ba%3Db%26c%5D=x%26y%3Dz", """{"a=b&c":"x&y=z"}""")]
    [TestCase($"{Unit}&session[data][a]=1+2%2B3", """{"a":"1 2+3"}""")]
    [TestCase($"{Unit}&session[data][a]=100%&session[data][b]=%zz%4&session[data][c]=%%41", """{"a":"100%","b":"%zz%4","c":"%A"}""")]
    [TestCase($"{Unit}&session[data][a]=caf%C3%A9+%F0%9F%98%80", """{"a":"café 😀"}""")]
    [TestCase($"{Unit}&session[data][a]=1;session[data][b]=2", """{"a":"1;session[data][b]=2"}""")]
    [TestCase($"{Unit}&session[data][a]=1&session[data][b]=2&session[data][a]=3", """{"a":"3","b":"2"}""")]
    [TestCase($"{Unit}&session[data][a]=1&session[data][a]", """{"a":""}""")]
    public async Task Reads_a_session(string form, string data)
    {
        (await Project.Create(Body.RawForm(form))).ShouldSucceed().GetProperty("data").ShouldBeJson(data);
        await Project.Have("merged");
        (await Project.Merge("merged", Body.RawForm(form))).ShouldSucceed().GetProperty("data").ShouldBeJson(data);
    }

    [Test]
    public async Task Reads_a_form_that_arrives_in_any_pieces()
    {
        var value = new string('v', 40_000);
        var text = $"{Unit}&session[data][a]={value}&&session[data][flag]&session[data][b]=2";
        var result = (await Project.Create(await Body.RawForm(text).InChunks())).ShouldSucceed();
        result.GetProperty("data").ShouldBeJson($$"""{"a":"{{value}}","flag":"","b":"2"}""");
    }

    [Test]
    public async Task Reads_the_changes_of_an_owned_attachment([Values("PUT", "PATCH")] string method)
    {
        var files = OwnedFiles.For(Service);
        var id = await files.Have([1], ("description", "before"));
        var form = Body.RawForm("&filename=a.txt&&other&description=first&description=x%26y+z&sequence_map_for&");
        var entry = (await files.Send(method, OwnedFiles.Target(id), form)).ShouldBeEntry();
        entry.GetProperty("filename").GetString().ShouldBe("a.txt");
        entry.GetProperty("description").GetString().ShouldBe("x&y z");

        (await files.Send(method, OwnedFiles.Target(id), Body.RawForm("description&other=1"))).ShouldBeEntry()
            .GetProperty("description").GetString().ShouldBe("");
    }

    [TestCase("")]
    [TestCase("&")]
    [TestCase("=")]
    [TestCase("&&=&session")]
    public async Task Finds_no_session_where_there_is_none(string form) =>
        (await Project.Create(Body.RawForm(form))).ShouldBeProblem(400, "session_missing");

    [Test]
    public async Task Names_the_point_that_is_none() =>
        (await Project.Create(Body.RawForm($"{Unit}&session[data][p][q]"))).ShouldBeProblem(400, "point_invalid")
            .GetProperty("detail").GetString().ShouldBe(JsonSerializer.Deserialize<string>(
                """ "The point \"p\" holds neither a scalar nor {\"rawData\": \"<base64>\"}." """));
}
