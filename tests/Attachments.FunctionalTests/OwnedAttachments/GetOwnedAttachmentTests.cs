using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.OwnedAttachments;

[TestFixture]
internal sealed class GetOwnedAttachmentTests : OwnedAttachmentsFixture
{
    [TestCase("/v1/attachments/{0}")]
    [TestCase("/v1/attachments/{0}/")]
    [TestCase("/attachments/{0}")]
    [TestCase("/attachments/{0}/")]
    public async Task Is_served_under_both_prefixes(string target)
    {
        var id = await Owner.Have(Photo);
        var answer = await Owner.Send("GET", string.Format(null, target, id));
        answer.ShouldBeEntry().GetProperty("id").GetInt64().ShouldBe(id);
    }

    [Test]
    public async Task Has_an_entity_tag_of_its_version_and_the_time_of_its_last_change()
    {
        var id = await Owner.Have(Photo);
        var answer = await Owner.Get(id);
        answer.Field("ETag")!.ShouldMatch("\\A\"[^\"]+\"\\z");
        answer.Field("Cache-Control").ShouldBe("private, no-cache");
        DateTimeOffset.Parse(answer.Field("Last-Modified")!).ToString("yyyy-MM-ddTHH:mm:ss+0000")
            .ShouldBe(answer.Json.GetProperty("updated_at").GetString());
        (await Owner.Get(id)).Field("ETag").ShouldBe(answer.Field("ETag"));
        (await Owner.Patch(id, Body.Json("""{"description":"another"}"""))).Field("ETag").ShouldNotBe(answer.Field("ETag"));
    }

    [Test]
    public async Task Is_not_sent_again_to_one_who_has_it()
    {
        var id = await Owner.Have(Photo);
        var tag = await Owner.Tag(id);
        var answer = await Owner.Get(id, ("If-None-Match", $"\"other\", {tag}"));
        answer.Status.ShouldBe(304);
        answer.Body.ShouldBeEmpty();
        answer.Field("ETag").ShouldBe(tag);
        answer.Field("Cache-Control").ShouldBe("private, no-cache");
        answer.Field("Last-Modified").ShouldNotBeNull();
        (await Owner.Get(id, ("If-None-Match", "\"other\""))).ShouldBeEntry();
        (await Owner.Get(id, ("If-Match", "\"other\""))).ShouldBeProblem(412, "precondition_failed");
        (await Owner.Get(id, ("If-Match", tag))).ShouldBeEntry();
    }

    [TestCase("abc")]
    [TestCase("1.0")]
    [TestCase("0x1")]
    [TestCase("99999999999999999999")]
    [TestCase("%201")]
    [TestCase("+1")]
    public async Task A_malformed_id_comes_before_all_but_the_token(string id)
    {
        foreach (var method in new[] { "GET", "PUT", "PATCH", "DELETE" })
        {
            (await Owner.Send(method, $"/v1/attachments/{id}")).ShouldBeProblem(400, "validation_failed");
        }

        (await Owner.Send("GET", $"/v1/uploaded-file/attachment_{id}/a.txt")).ShouldBeProblem(400, "validation_failed");
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(long.MaxValue)]
    public async Task One_that_never_was_is_not_found(long id) => (await Owner.Get(id)).ShouldBeProblem(404, "attachment_not_found");

    [TestCase("POST", "/1", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT")]
    [TestCase("MKCOL", "/1", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT")]
    [TestCase("PUT", "", "GET, HEAD, OPTIONS, POST")]
    [TestCase("DELETE", "/", "GET, HEAD, OPTIONS, POST")]
    public async Task An_unknown_method_is_answered_with_the_known_ones(string method, string route, string allowed)
    {
        foreach (var prefix in new[] { "/v1/attachments", "/attachments" })
        {
            var answer = await Owner.Send(method, prefix + route);
            answer.Status.ShouldBe(405);
            answer.Field("Allow")!.Split(", ").Order().ShouldBe(allowed.Split(", "));
        }
    }
}
