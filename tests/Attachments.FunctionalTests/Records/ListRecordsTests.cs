using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Records;

[TestFixture]
internal sealed class ListRecordsTests : RecordsFixture
{
    [Test]
    public async Task A_form_type_that_nobody_used_has_none() =>
        (await Forms.List()).ShouldBeDocument().ShouldBeJson("""{"data":[]}""");

    [Test]
    public async Task Shows_each_record_as_reading_it_does()
    {
        await Forms.Have("1", """{"a":1.0}""");
        var list = (await Forms.List()).ShouldBeDocument();
        list.Names().ShouldBe(["data"]);
        list.GetProperty("data")[0].ShouldBeJson((await Forms.Get("1")).ShouldBeDocument().GetProperty("data").GetRawText());
    }

    [Test]
    public async Task Pages_visit_each_record_once_in_the_order_of_code_points([Values(1, 7, 10, 11, 1000)] int size)
    {
        string[] ids = ["1", "10", "2", "B", "a", "a b", "z", "ä", "字", "\uFB00", "😀"];
        foreach (var id in ids.Reverse())
        {
            await Forms.Have(id);
        }

        var seen = new List<string>();
        for (string? page = $"{Forms.Address}?page[size]={size}"; page is not null;)
        {
            var answer = await Forms.Send(HttpMethod.Get, page);
            FormType.IdsIn(answer).Count.ShouldBeInRange(1, size);
            seen.AddRange(FormType.IdsIn(answer));
            page = FormType.GetNext(answer);
        }

        seen.ShouldBe(ids.Select(id => $"{Forms.Name}/{id}"));
    }

    [Test]
    public async Task Pages_have_50_unless_said_otherwise()
    {
        for (var i = 0; i < 51; i++)
        {
            await Forms.Have($"{i}");
        }

        var first = await Forms.List();
        FormType.IdsIn(first).Count.ShouldBe(50);
        FormType.IdsIn(await Forms.Send(HttpMethod.Get, FormType.GetNext(first)!)).Count.ShouldBe(1);
    }

    [Test]
    public async Task A_page_outlives_the_record_it_follows()
    {
        foreach (var id in new[] { "a", "b", "c" })
        {
            await Forms.Have(id);
        }

        var next = FormType.GetNext(await Forms.List("?page%5Bsize%5D=2"))!;
        next.ShouldContain("page%5Bsize%5D=2");
        (await Forms.Delete("b")).ShouldBeDeleted();
        FormType.IdsIn(await Forms.Send(HttpMethod.Get, next)).ShouldBe([$"{Forms.Name}/c"]);
    }

    [Test]
    public async Task Reads_a_record_when_its_turn_comes()
    {
        const int Count = 10;
        var text = new string('x', TestBed.MaxDocumentBytes - 1000);
        for (var i = 0; i < Count; i++)
        {
            await Forms.Have($"{i}", $$"""{"a":"{{text}}"}""");
        }

        await using var connection = await Service.Connect(receiveBuffer: 4096);
        await connection.Send(Service.RequestHead("GET", Forms.Address, "Connection: close"));
        (await connection.ReadHead()).Status.ShouldBe(200);
        (await Forms.Delete($"{Count - 1}")).ShouldBeDeleted();
        var rest = Encoding.UTF8.GetString(await connection.ReadToEnd());
        rest.ShouldContain($"\"{Forms.Name}/{Count - 2}\"");
        rest.ShouldNotContain($"\"{Forms.Name}/{Count - 1}\"");
        rest.ShouldEndWith("]}\r\n0\r\n\r\n");
    }

    [TestCase("page[size]=0")]
    [TestCase("page[size]=1001")]
    [TestCase("page[size]=x")]
    [TestCase("page[size]=")]
    [TestCase("page[size]=1&page[size]=1")]
    [TestCase("page[after]=")]
    [TestCase("page[after]=%00")]
    [TestCase("page[after]=!")]
    [TestCase("page[number]=1")]
    [TestCase("page=1")]
    [TestCase("page[SIZE]=1")]
    [TestCase("page[size=1")]
    public async Task Refuses_a_page_that_is_none(string query)
    {
        await Forms.Have("1");
        foreach (var answer in new[] { await Forms.List($"?{query}"), await Forms.ListAttachments("1", $"?{query}") })
        {
            answer.Status.ShouldBe(400);
            var error = answer.ShouldBeDocument(400).GetProperty("errors")[0];
            error.GetProperty("source").GetProperty("parameter").GetString().ShouldBe(query.Split('=')[0]);
        }
    }
}
