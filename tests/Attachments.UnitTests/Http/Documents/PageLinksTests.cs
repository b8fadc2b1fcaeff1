using Attachments.Api.Http.Documents;
using Microsoft.AspNetCore.Http;

namespace Attachments.UnitTests.Http.Documents;

public sealed class PageLinksTests
{
    [TestCase(10, 0, 0, "first 0, last 0")]
    [TestCase(10, 0, 10, "first 0, last 0")]
    [TestCase(10, 0, 11, "first 0, next 10, last 10")]
    [TestCase(10, 10, 11, "first 0, prev 0, last 10")]
    [TestCase(10, 10, 31, "first 0, prev 0, next 20, last 30")]
    [TestCase(10, 5, 31, "first 0, prev 0, next 15, last 30")]
    [TestCase(10, 90, 31, "first 0, prev 30, last 30")]
    [TestCase(1000, int.MaxValue, int.MaxValue, "first 0, prev 2147482647, last 2147483000")]
    [TestCase(1, 5, 0, "first 0, prev 0, last 0")]
    public void Lead_to_the_pages_that_there_are(int limit, int offset, int total, string expected)
    {
        var links = PageLinks.Create(Request("/list", ""), limit, offset, total).Split(", ")
            .Select(link => link.Split("; rel="))
            .Select(link => $"{link[1].Trim('"')} {link[0].Split("offset=")[1].TrimEnd('>')}");
        string.Join(", ", links).ShouldBe(expected);
    }

    [Test]
    public void Keep_the_address_and_what_else_was_asked_for() =>
        PageLinks.Create(Request("/a b/\u00e9/", "?x=1%3E2&Limit=5&offset=3&x=%22,&y="), 5, 0, 1).ShouldStartWith(
            "</base/a%20b/%C3%A9/?x=1%3E2&x=%22,&y=&limit=5&offset=0>; rel=\"first\"");

    private static HttpRequest Request(string path, string query)
    {
        var request = new DefaultHttpContext().Request;
        request.PathBase = path == "/list" ? "" : "/base";
        request.Path = path;
        request.QueryString = new QueryString(query);
        return request;
    }
}
