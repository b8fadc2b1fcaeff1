using Attachments.Api.Http.JsonApi;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Http;

namespace Attachments.UnitTests.Http.JsonApi;

/// <summary>JSON:API 1.1, "Query Parameters".</summary>
public sealed class JsonApiQueryTests
{
    [TestCase("", null, null)]
    [TestCase("?", null, null)]
    [TestCase("?page[size]=1000&page%5Bafter%5D=a%2Bb", 1000, "a+b")]
    [TestCase("?Page[size]=x&camelCase&a-b[c]=1&page2=1", null, null)]
    [TestCase("?page[after]=", null, "")]
    public void Reads_a_page(string query, int? size, string? after) =>
        JsonApiQuery.Read(new QueryString(query), paged: true).ShouldBe(new JsonApiQuery(size, after));

    [TestCase("?page[size]=0", "page[size]")]
    [TestCase("?page[size]=1001", "page[size]")]
    [TestCase("?page[size]=99999999999999999999", "page[size]")]
    [TestCase("?page[size]=+1", "page[size]")]
    [TestCase("?page[size]=1&page[size]=1", "page[size]")]
    [TestCase("?page[after]=a&page[after]=b", "page[after]")]
    [TestCase("?page[limit]=1", "page[limit]")]
    [TestCase("?sort=a", "sort")]
    [TestCase("?fields[record]=a", "fields[record]")]
    [TestCase("?=a", "")]
    public void Refuses_what_is_reserved_and_not_known(string query, string parameter) =>
        Should.Throw<InvalidRequestException>(() => JsonApiQuery.Read(new QueryString(query), paged: true))
            .Errors!.Keys.ShouldBe([parameter]);

    [Test]
    public void Knows_pages_of_lists_alone() =>
        Should.Throw<InvalidRequestException>(() => JsonApiQuery.Read(new QueryString("?page[size]=1"), paged: false));
}
