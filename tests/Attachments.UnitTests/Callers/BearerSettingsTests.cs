using Attachments.Api.Callers;
using Attachments.Application.Errors;
using Attachments.UnitTests.Hosting;
using Microsoft.Extensions.Configuration;

namespace Attachments.UnitTests.Callers;

public sealed class BearerSettingsTests
{
    private const string Section = "Authentication:Schemes:Bearer:";

    [Test]
    public void Is_complete_with_a_key_an_issuer_and_an_audience()
    {
        var settings = Read(SmallApi.Settings());
        settings.RequireComplete();
        settings.UsableKey.ShouldNotBeNull().Value.Length.ShouldBe(32);
    }

    [Test]
    public void Is_complete_with_an_authority_and_an_audience()
    {
        var settings = Read(new() { [Section + "Authority"] = "https://id.example", [Section + "ValidAudiences:0"] = "a" });
        settings.RequireComplete();
        settings.UsableKey.ShouldBeNull();
    }

    [TestCase("SigningKeys:0:Value", null, "no open mode")]
    [TestCase("ValidAudience", null, "audience")]
    [TestCase("ValidIssuer", null, "issuer")]
    [TestCase("ValidIssuer", "https://other.example", "valid issuer")]
    [TestCase("SigningKeys:0:Value", "not base64!", "SigningKeys:0:Value is not base64")]
    [TestCase("SigningKeys:0:Value", "c2hvcnQ=", "5 bytes")]
    [TestCase("SigningKeys:0:Value", "", "0 bytes")]
    [TestCase("Authority", "id.example", "not an https address")]
    [TestCase("Authority", "http://id.example", "not an https address")]
    public void Tells_what_is_missing_or_wrong(string key, string? value, string expected)
    {
        var settings = SmallApi.Settings();
        settings[Section + key] = value;
        var refused = Should.Throw<ConfigurationException>(() => Read(settings).RequireComplete());
        refused.Message.ShouldContain(expected);
        refused.Message.ShouldNotContain("\n");
    }

    [Test]
    public void Takes_a_plain_authority_where_https_is_waived()
    {
        var settings = SmallApi.Settings();
        settings[Section + "Authority"] = "http://localhost:8080";
        settings[Section + "RequireHttpsMetadata"] = "false";
        Read(settings).Authority.ShouldBe("http://localhost:8080");
    }

    [Test]
    public void Refuses_two_keys_of_one_issuer()
    {
        var settings = SmallApi.Settings();
        settings[Section + "SigningKeys:1:Issuer"] = SmallApi.Issuer;
        settings[Section + "SigningKeys:1:Value"] = SmallApi.Key;
        Should.Throw<ConfigurationException>(() => Read(settings)).Message.ShouldContain(SmallApi.Issuer);
    }

    private static BearerSettings Read(Dictionary<string, string?> settings) =>
        BearerSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
}
