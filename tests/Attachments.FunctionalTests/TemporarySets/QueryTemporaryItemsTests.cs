using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.TemporarySets;

/// <summary>The OData options over HTTP. What expressions mean is tested where they are read.</summary>
internal sealed class QueryTemporaryItemsTests
{
    private static TemporarySet set = null!;

    [OneTimeSetUp]
    public async Task Fill()
    {
        set = TemporarySet.New(TestBed.Service.Member);
        await set.Have(("banana", new byte[300]), ("Apple", new byte[100]), ("äpfel", new byte[200]), ("O'Brien", new byte[100]));
        await set.Upload(new Part("; name=notes; filename=notes.txt", new byte[50], "Content-Type: text/plain"));
    }

    [TestCase("", "banana,Apple,äpfel,O'Brien,notes")]
    [TestCase("$filter=Name eq 'Apple'", "Apple")]
    [TestCase("$filter=Name eq 'O''Brien'", "O'Brien")]
    [TestCase("$filter=Size gt 100L and ContentType ne 'text/plain'", "banana,äpfel")]
    [TestCase("$filter=substringof('an',Name) or contains(Name,'pp')", "banana,Apple")]
    [TestCase("$filter=toupper(Name) eq 'ÄPFEL'", "äpfel")]
    [TestCase("$filter=CreatedAt gt datetime'2015-12-16T07:40:18Z'", "banana,Apple,äpfel,O'Brien,notes")]
    [TestCase("$filter=FileName in ('notes.txt','banana.jpg')", "banana,notes")]
    [TestCase("$orderby=Name", "Apple,O'Brien,banana,notes,äpfel")]
    [TestCase("$orderby=Size desc,Name", "banana,äpfel,Apple,O'Brien,notes")]
    [TestCase("$orderby=Size", "notes,Apple,O'Brien,äpfel,banana")]
    [TestCase("$top=2", "banana,Apple")]
    [TestCase("$top=3&$take=2", "banana,Apple")]
    [TestCase("$skip=3", "O'Brien,notes")]
    [TestCase("$filter=Size ge 100&$orderby=Name desc&$skip=1&$top=2", "banana,O'Brien")]
    [TestCase("$top=0", "")]
    [TestCase("$skip=9223372036854775807", "")]
    [TestCase("filter=Name eq 'Apple'", "Apple")]
    [TestCase("Filter=Name eq 'Apple'&TOP=1", "Apple")]
    [TestCase("orderby=Size desc,Name&skip=1&top=2", "äpfel,Apple")]
    [TestCase("take=1", "banana")]
    [TestCase("inlinecount=none&format=json", "banana,Apple,äpfel,O'Brien,notes")]
    [TestCase("$filter=&$orderby=&$top=&$skip=&$inlinecount=&$count=&$select=&$format=", "banana,Apple,äpfel,O'Brien,notes")]
    [TestCase("$filter", "banana,Apple,äpfel,O'Brien,notes")]
    public async Task Lists_what_is_asked_for(string query, string names)
    {
        var answer = await set.List(Encoded(query));
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.Names().ShouldBe(["Items"]);
        var listed = answer.Json.GetProperty("Items").EnumerateArray().Select(item => item.Text("Name"));
        string.Join(',', listed).ShouldBe(names);
    }

    /// <summary>As the .NET client of OData sends a zone east of Greenwich.</summary>
    [TestCase("$filter=CreatedAt%20gt%202015-12-16T07:40:18+02:00")]
    [TestCase("$filter=CreatedAt%20gt%202015-12-16T07:40+14:00%20and%20Size%20gt%201e+1")]
    [TestCase("$filter=CreatedAt%20gt%20datetimeoffset'2015-12-16T07:40:18.5+02:00'")]
    [TestCase("$filter=CreatedAt+gt+2015-12-16T07:40:18%2B02:00")]
    public async Task Takes_a_plus_that_is_not_percent_encoded(string query)
    {
        var answer = await set.List($"?{query}");
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.GetProperty("Items").GetArrayLength().ShouldBe(5);
    }

    /// <summary>In the forms of Microsoft.OData.Client, odata-query 8, o.js 2 and Kendo, with their ways of escaping.</summary>
    [TestCase("$filter=Name%20eq%20%27Apple%27", "Apple")]
    [TestCase("$filter=Name eq 'O''Brien'", "O'Brien")]
    [TestCase("$filter=((Size gt 100) and (ContentType ne 'text%2Fplain'))", "banana,äpfel")]
    [TestCase("$select=Name,Size&$filter=contains(Name,'an')&$orderby=Name desc&$count=true&$top=2&$skip=0", "banana")]
    [TestCase("$filter=Name in ('Apple','notes')", "Apple,notes")]
    [TestCase("$filter=not (startswith(Name,'b'))&$top=2", "Apple,äpfel")]
    [TestCase("$filter=Id eq 4bb709c2-e0e7-4af3-9f60-a045016a9610", "")]
    [TestCase("$filter=CreatedAt gt 1970-01-01T00:00:00.000Z&$top=1", "banana")]
    [TestCase("$filter=tolower(Name) eq 'apple'", "Apple")]
    [TestCase("$format=json&$filter=Size ge 100 and Size le 200&$orderby=Size desc,Name", "äpfel,Apple,O'Brien")]
    [TestCase("%24filter=Size%20gt%20100&%24count=true&%24select=Name%2CSize", "banana,äpfel")]
    [TestCase("%24top=2&%24filter=startswith%28Name%2C%27O%27%29", "O'Brien")]
    [TestCase("%24inlinecount=allpages&%24format=json&%24top=2", "banana,Apple")]
    [TestCase("%24count=true&%24format=json&%24top=1&%24orderby=Name+desc", "äpfel")]
    public async Task Understands_what_clients_send(string query, string names)
    {
        var answer = await set.List($"?{query}");
        answer.Status.ShouldBe(200, answer.Text);
        var listed = answer.Json.GetProperty("Items").EnumerateArray().Select(item => item.Text("Name"));
        string.Join(',', listed).ShouldBe(names);
    }

    [TestCase("$inlinecount=allpages", 0, 5, 5)]
    [TestCase("$inlinecount=allpages&$top=2", 0, 2, 5)]
    [TestCase("$inlinecount=allpages&$skip=3&$top=10", 3, 10, 5)]
    [TestCase("$inlinecount=allpages&$skip=3", 3, 2, 5)]
    [TestCase("$inlinecount=allpages&$filter=Size eq 100&$top=1", 0, 1, 2)]
    public async Task Counts_after_the_filter_and_before_the_paging(string query, long skip, long top, long total)
    {
        var answer = await set.List(Encoded(query));
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.Names().ShouldBe(["Skip", "Top", "Total", "Items"]);
        answer.Json.GetProperty("Skip").GetInt64().ShouldBe(skip);
        answer.Json.GetProperty("Top").GetInt64().ShouldBe(top);
        answer.Json.GetProperty("Total").GetInt64().ShouldBe(total);
    }

    [Test]
    public async Task Counts_as_OData_4_names_it_too()
    {
        var counted = (await set.List(Encoded("$count=true&$filter=Size eq 100&$top=1"))).Json;
        counted.Names().ShouldBe(["@odata.count", "Skip", "Top", "Total", "Items"]);
        counted.GetProperty("@odata.count").GetInt64().ShouldBe(2);
        counted.GetProperty("Total").GetInt64().ShouldBe(2);
        counted.GetProperty("Items").GetArrayLength().ShouldBe(1);
    }

    [Test]
    public async Task Counts_the_files_of_a_set_that_nobody_made() =>
        (await TemporarySet.New(TestBed.Service.Member).List("?$count=true")).Json
            .ShouldBeJson("""{"@odata.count":0,"Skip":0,"Top":0,"Total":0,"Items":[]}""");

    [TestCase("$inlinecount=none")]
    [TestCase("$count=false")]
    public async Task Counts_nothing_where_that_is_not_asked_for(string query) =>
        (await set.List(Encoded(query))).Json.Names().ShouldBe(["Items"]);

    [TestCase("$select=Size,Name", "Name,Size")]
    [TestCase("select=FileName", "FileName")]
    [TestCase("$select=TemporaryId,Id,Name,FileName,ContentType,CreatedAt,CreatedById,Size", "TemporaryId,Id,Name,FileName,ContentType,CreatedAt,CreatedById,Size")]
    [TestCase("$select=*", "TemporaryId,Id,Name,FileName,ContentType,CreatedAt,CreatedById,Size,Self,Content")]
    public async Task Returns_the_members_that_are_selected(string query, string members)
    {
        var items = (await set.List(Encoded($"{query}&$orderby=Size"))).Json.GetProperty("Items");
        items.GetArrayLength().ShouldBe(5);
        items.EnumerateArray().ShouldAllBe(item => string.Join(',', item.Names()) == members);
    }

    [TestCase("$filter=Nam eq 'a'", "character 1")]
    [TestCase("$filter=Name eq", "character 8")]
    [TestCase("$filter=Size div 0 eq 1", "character 6")]
    [TestCase("$filter=Content eq 'a'", "character 1")]
    [TestCase("$filter=Name eq 'a\0'", "character 11")]
    [TestCase("$orderby=Self", "character 1")]
    [TestCase("$top=-1", "$top")]
    [TestCase("$skip=-1", "$skip")]
    [TestCase("$skip=x", "$skip")]
    [TestCase("$inlinecount=all", "$inlinecount")]
    [TestCase("$select=Name,Self", "$select, character 6")]
    [TestCase("$count=yes", "$count")]
    [TestCase("$format=atom", "$format")]
    [TestCase("$expand=Items", "$expand")]
    [TestCase("filter=Nam eq 'a'", "filter, character 1")]
    [TestCase("fitler=Name eq 'a'", "fitler")]
    [TestCase("unrelated=1", "unrelated")]
    [TestCase("$filter=true&filter=true", "sent more than once")]
    [TestCase("$top=1&$top=2", "$top")]
    public async Task Refuses_what_it_cannot_read_and_names_the_place(string query, string place) =>
        (await set.List(Encoded(query))).ShouldBeProblem(400, "odata_invalid").GetProperty("detail").GetString()!.ShouldContain(place);

    [Test]
    public async Task Refuses_bad_options_of_a_set_that_nobody_made() =>
        (await TemporarySet.New(TestBed.Service.Member).List("?$top=-1")).ShouldBeProblem(400, "odata_invalid");

    [Test]
    public async Task Tells_nobody_else_whether_the_options_are_good() =>
        (await set.As(TestBed.Service.Other).List("?$top=-1")).ShouldBeProblem(404, "temporary_set_not_found");

    [Test]
    public async Task Refuses_deep_nesting_cheaply() =>
        (await set.List($"?$filter={new string('(', 3_000)}")).ShouldBeProblem(400, "odata_invalid");

    [Test]
    public async Task Refuses_a_filter_that_makes_the_request_line_too_long()
    {
        await using var connection = await TestBed.Service.Connect();
        await connection.Send(TestBed.Service.RequestHead("GET", $"{set.Address}?$filter={new string('(', 10_000)}"));
        (await connection.ReadAnswer()).Status.ShouldBe(414);
    }

    private static string Encoded(string query) =>
        "?" + string.Join('&', query.Split('&').Select(pair => string.Join('=', pair.Split('=', 2).Select(Uri.EscapeDataString))));
}
