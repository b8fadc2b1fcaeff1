using System.Text.Json;
using Attachments.Api.Controllers.TemporarySets;
using Attachments.Application.TemporarySets;
using Microsoft.AspNetCore.Http;

namespace Attachments.UnitTests.TemporarySets;

public sealed class TemporaryItemListDocumentTests
{
    private static readonly TemporarySetUrls Urls = new(
        new DefaultHttpContext { Request = { Scheme = "https", Host = new HostString("files.test"), PathBase = "/base" } }.Request);

    [Test]
    public async Task Has_nothing_but_the_items_where_no_counts_were_asked_for() =>
        (await Written(null)).ShouldBe("""{"Items":[]}""");

    [Test]
    public async Task Has_the_counts_before_the_items_where_they_were() =>
        (await Written(new ListCounts(5, 0, 7, IsOData: false))).ShouldBe("""{"Skip":5,"Top":0,"Total":7,"Items":[]}""");

    [Test]
    public async Task Has_the_count_of_OData_4_too_where_it_was_asked_for() =>
        (await Written(new ListCounts(5, 0, 7, IsOData: true))).ShouldBe("""{"@odata.count":7,"Skip":5,"Top":0,"Total":7,"Items":[]}""");

    [Test]
    public async Task Has_addresses_on_the_host_of_the_request()
    {
        var (set, item) = (Guid.NewGuid(), Guid.NewGuid());
        var written = JsonElement.Parse(await Written(null, new TemporaryItemDto { TemporaryId = set, Id = item })).GetProperty("Items")[0];
        written.GetProperty("Self").GetString().ShouldBe($"https://files.test/base/api/temporaryattachmentset/{set}/attachment/{item}");
        written.GetProperty("Content").GetString().ShouldBe($"https://files.test/base/api/attachment/{item}/contents");
    }

    private static async Task<string> Written(ListCounts? counts, params TemporaryItemDto[] items)
    {
        using var body = new MemoryStream();
        var list = new TemporaryItemList(items.ToAsyncEnumerable(), counts, null);
        await JsonSerializer.SerializeAsync(body, TemporaryItemListDocument.From(list, Urls));
        return System.Text.Encoding.UTF8.GetString(body.ToArray());
    }
}
