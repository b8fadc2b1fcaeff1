using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests;

[TestFixture]
internal sealed class HealthTests
{
    [TestCase("live", """{"status":"healthy"}""")]
    [TestCase("ready", """{"status":"healthy","checks":{"database":"healthy"}}""")]
    public async Task Is_healthy_and_asks_for_no_token(string which, string expected)
    {
        using var response = await TestBed.Service.Anonymous.GetAsync($"/health/{which}");
        var answer = await Answer.Read(response);
        answer.Status.ShouldBe(200);
        answer.Json.ShouldBeJson(expected);
        answer.Field("Cache-Control").ShouldBe("no-store");
    }

    [Test]
    public async Task However_many_ask_the_database_is_asked_by_one_connection()
    {
        await using var service = await TestBed.StartService();
        await using var connections = new ConnectionCount(service.ConnectionString);
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 100 }, async (_, token) =>
        {
            using var response = await service.Anonymous.GetAsync("/health/ready", token);
            response.IsSuccessStatusCode.ShouldBeTrue();
        });
        await connections.Stop();
        // The sweeper may have one.
        connections.Most.ShouldBeInRange(1, 2);
    }
}
