using Attachments.Api.Http.Cors;
using Attachments.Api.Settings;
using Attachments.Application.Errors;
using Microsoft.Extensions.Configuration;

namespace Attachments.UnitTests.Startup;

internal sealed class CorsSettingsTests
{
    [Test]
    public void There_is_no_origin_by_default() => Read().Origins.ShouldBeEmpty();

    [Test]
    public void Takes_origins_by_number_and_separated_by_commas()
    {
        Read(("Cors:Origins:0", "https://a.example"), ("Cors:Origins:1", "http://b.example:8080"))
            .Origins.ShouldBe(["https://a.example", "http://b.example:8080"]);
        Read(("Cors:Origins", "https://a.example, http://b.example:8080,")).Origins
            .ShouldBe(["https://a.example", "http://b.example:8080"]);
        Read(("Cors:Origins", "")).Origins.ShouldBeEmpty();
    }

    [TestCase("https://app.example.org")]
    [TestCase("http://localhost:3000")]
    [TestCase("http://127.0.0.1")]
    [TestCase("http://[::1]:3000")]
    [TestCase("https://bücher.example")]
    [TestCase("capacitor://localhost")]
    public void Takes_an_origin(string origin) => Read(("Cors:Origins:0", origin)).Origins.ShouldBe([origin]);

    [TestCase("https://app.example.org/")]
    [TestCase("https://app.example.org/path")]
    [TestCase("https://app.example.org?query")]
    [TestCase("https://app.example.org#fragment")]
    [TestCase("https://user@app.example.org")]
    [TestCase("https://*.example.org")]
    [TestCase("https://app.example.org:99999")]
    [TestCase("app.example.org")]
    [TestCase("//app.example.org")]
    [TestCase("file:///")]
    [TestCase("https:app.example.org")]
    [TestCase("https://")]
    [TestCase("null")]
    [TestCase("*")]
    [TestCase("")]
    public void Refuses_what_is_none(string origin) =>
        Should.Throw<ConfigurationException>(() => Read(("Cors:Origins:0", "https://a.example"), ("Cors:Origins:1", origin)))
            .Message.ShouldStartWith($"Cors:Origins:1 is {(origin.Length == 0 ? "missing" : origin)}; it must be an origin");

    private static CorsSettings Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        return SettingsSections.Read(configuration.GetSection(CorsSettings.Section), new CorsValidator());
    }
}
