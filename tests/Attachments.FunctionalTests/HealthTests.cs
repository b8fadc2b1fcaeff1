using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests;

[TestFixture]
internal sealed class HealthTests
{
    [TestCase("live", """{"status":"healthy"}""")]
    [TestCase("ready", """{"status":"healthy","checks":{"database":"healthy"}}""")]
    public async Task Is_healthy_and_asks_for_no_token(string which, string expected)
    {
        using var response = await TestBed.Service.Anonymous.GetAsync($"/health/{which}");
        var answer = await Answer.Of(response);
        answer.Status.ShouldBe(200);
        answer.Json.ShouldBeJson(expected);
        answer.Field("Cache-Control").ShouldBe("no-store");
    }
}
