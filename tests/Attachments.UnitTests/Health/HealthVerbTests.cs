using Attachments.Api.Health;
using Microsoft.Extensions.Configuration;

namespace Attachments.UnitTests.Health;

public sealed class HealthVerbTests
{
    [TestCase(null, null, "http://127.0.0.1:8080/")]
    [TestCase(null, "9000", "http://127.0.0.1:9000/")]
    [TestCase(null, "9000;9001", "http://127.0.0.1:9000/")]
    [TestCase("http://localhost:5080", "9000", "http://localhost:5080/")]
    [TestCase("http://+:81;http://localhost:82", null, "http://127.0.0.1:81/")]
    [TestCase("http://*:81", null, "http://127.0.0.1:81/")]
    [TestCase("http://0.0.0.0:81", null, "http://127.0.0.1:81/")]
    [TestCase("http://[::]:81", null, "http://127.0.0.1:81/")]
    [TestCase("http://10.0.0.5:81/", null, "http://10.0.0.5:81/")]
    public void Asks_where_the_service_listens(string? urls, string? ports, string expected) =>
        HealthVerb.GetAddress(Configuration(urls, ports)).ShouldBe(new Uri(expected));

    private static IConfiguration Configuration(string? urls, string? ports) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("URLS", urls), new("HTTP_PORTS", ports)])
        .Build();
}
