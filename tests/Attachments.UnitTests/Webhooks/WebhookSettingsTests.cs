using Attachments.Api.Settings;
using Attachments.Application.Errors;
using Attachments.Application.Webhooks;
using Microsoft.Extensions.Configuration;

namespace Attachments.UnitTests.Webhooks;

internal sealed class WebhookSettingsTests
{
    [Test]
    public void Allow_nothing_but_public_addresses_by_default()
    {
        var settings = Read();
        settings.AllowedNetworks.ShouldBeEmpty();
        settings.AllowedPorts.ShouldBeEmpty();
        (settings.Timeout, settings.MaxEndpoints).ShouldBe((TimeSpan.FromSeconds(20), 50));
    }

    [Test]
    public void Take_lists_by_number_and_separated_by_commas()
    {
        Read(("AllowedNetworks:0", "10.1.0.0/16"), ("AllowedNetworks:1", "fd00::/8")).AllowedNetworks.ShouldBe(["10.1.0.0/16", "fd00::/8"]);
        Read(("AllowedPorts", "8443, 9443")).AllowedPorts.ShouldBe(["8443", "9443"]);
    }

    [TestCase("AllowedNetworks:0", "10.1.0.0")]
    [TestCase("AllowedNetworks:0", "10.1.0.0/33")]
    [TestCase("AllowedNetworks:0", "erp.example.org")]
    [TestCase("AllowedPorts:0", "0")]
    [TestCase("AllowedPorts:0", "65536")]
    [TestCase("AllowedPorts:0", "-1")]
    [TestCase("AllowedPorts:0", "https")]
    [TestCase("Timeout", "00:00:00")]
    [TestCase("Timeout", "01:00:00")]
    [TestCase("Timeout", "soon")]
    [TestCase("MaxEndpoints", "0")]
    [TestCase("MaxEndpoints", "100000")]
    [TestCase("AllowedHosts", "erp.example.org")]
    public void Refuse_other_values(string key, string value) =>
        Should.Throw<ConfigurationException>(() => Read((key, value))).Message.ShouldStartWith($"Webhooks:{key} is ");

    private static WebhooksOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Webhooks:{setting.Key}", (string?)setting.Value)))
            .Build();
        return SettingsSections.Read(configuration.GetSection(WebhooksOptions.Section), new WebhooksValidator());
    }
}
