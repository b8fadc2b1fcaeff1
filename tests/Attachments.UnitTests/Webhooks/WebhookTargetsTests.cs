using System.Net;
using Attachments.Application.Errors;
using Attachments.Application.Webhooks;
using Microsoft.Extensions.Options;

namespace Attachments.UnitTests.Webhooks;

/// <summary>What a webhook may reach.</summary>
public sealed class WebhookTargetsTests
{
    [TestCase("93.184.216.34")]
    [TestCase("1.1.1.1")]
    [TestCase("172.15.255.255")]
    [TestCase("172.32.0.1")]
    [TestCase("100.63.255.255")]
    [TestCase("100.128.0.1")]
    [TestCase("223.255.255.255")]
    [TestCase("2606:2800:220:1::1")]
    [TestCase("2001:4860:4860::8888")]
    [TestCase("64:ff9b::808:808")]
    [TestCase("2002:808:808::1")]
    public void Allow_public_addresses(string address) => Targets().Allow(IPAddress.Parse(address)).ShouldBeTrue();

    [TestCase("127.0.0.1")]
    [TestCase("127.255.255.254")]
    [TestCase("::1")]
    [TestCase("10.0.0.1")]
    [TestCase("172.16.0.1")]
    [TestCase("172.31.255.255")]
    [TestCase("192.168.1.1")]
    [TestCase("169.254.169.254")]
    [TestCase("fe80::1")]
    [TestCase("fe80::1%2")]
    [TestCase("100.64.0.1")]
    [TestCase("100.127.255.255")]
    [TestCase("fc00::1")]
    [TestCase("fd12:3456::1")]
    [TestCase("fec0::1")]
    [TestCase("224.0.0.1")]
    [TestCase("239.255.255.250")]
    [TestCase("ff02::1")]
    [TestCase("0.0.0.0")]
    [TestCase("0.1.2.3")]
    [TestCase("::")]
    [TestCase("255.255.255.255")]
    [TestCase("240.0.0.1")]
    [TestCase("192.0.0.8")]
    [TestCase("192.0.2.1")]
    [TestCase("192.88.99.1")]
    [TestCase("198.18.0.1")]
    [TestCase("198.51.100.1")]
    [TestCase("203.0.113.1")]
    [TestCase("2001:db8::1")]
    [TestCase("3fff::1")]
    [TestCase("2001::1")] // Teredo
    [TestCase("::ffff:127.0.0.1")]
    [TestCase("::ffff:169.254.169.254")]
    [TestCase("::ffff:8.8.8.8")]
    [TestCase("::ffff:10.0.0.1")]
    [TestCase("::ffff:32.0.0.1")]
    [TestCase("::127.0.0.1")] // IPv4-compatible
    [TestCase("64:ff9b::7f00:1")] // NAT64 of 127.0.0.1
    [TestCase("64:ff9b::a9fe:a9fe")] // NAT64 of 169.254.169.254
    [TestCase("64:ff9b:1::808:808")] // local NAT64
    [TestCase("2002:7f00:1::1")] // 6to4 of 127.0.0.1
    [TestCase("2002:a00:1::1")] // 6to4 of 10.0.0.1
    [TestCase("5f00::1")]
    [TestCase("100::1")]
    public void Refuse_other_addresses(string address) => Targets().Allow(IPAddress.Parse(address)).ShouldBeFalse();

    [Test]
    public void Allow_the_networks_of_the_settings_and_no_others()
    {
        var targets = Targets(new WebhooksOptions { AllowedNetworks = ["10.1.0.0/16", "fd00:1::/32"] });
        targets.Allow(IPAddress.Parse("10.1.2.3")).ShouldBeTrue();
        targets.Allow(IPAddress.Parse("::ffff:10.1.2.3")).ShouldBeTrue();
        targets.Allow(IPAddress.Parse("fd00:1::9")).ShouldBeTrue();
        targets.Allow(IPAddress.Parse("10.2.0.1")).ShouldBeFalse();
        targets.Allow(IPAddress.Parse("::ffff:10.2.0.1")).ShouldBeFalse();
        targets.Allow(IPAddress.Parse("64:ff9b::a01:203")).ShouldBeFalse();
        targets.Allow(IPAddress.Parse("fd00:2::9")).ShouldBeFalse();
    }

    [TestCase("https://erp.example.org/hooks?token=1")]
    [TestCase("https://erp.example.org:443/")]
    [TestCase("https://93.184.216.34/")]
    [TestCase("https://[2606:2800:220:1::1]/")]
    [TestCase("https://localhost/")] // a name, which is looked up at each try
    [TestCase("https://bücher.example/")]
    public void Take_a_URL_that_may_be_reached(string url) => Targets().RequireUrl(url).ShouldNotBeNull();

    [TestCase("http://erp.example.org/")]
    [TestCase("ftp://erp.example.org/")]
    [TestCase("file:///etc/passwd")]
    [TestCase("/hooks")]
    [TestCase("erp.example.org")]
    [TestCase("https://")]
    [TestCase("https://user:secret@erp.example.org/")]
    [TestCase("https://user@erp.example.org/")]
    [TestCase("https://erp.example.org:8443/")]
    [TestCase("https://erp.example.org:22/")]
    [TestCase("https://127.0.0.1/")]
    [TestCase("https://127.1/")]
    [TestCase("https://2130706433/")]
    [TestCase("https://0x7f000001/")]
    [TestCase("https://0177.0.0.1/")]
    [TestCase("https://[::1]/")]
    [TestCase("https://[::ffff:169.254.169.254]/")]
    [TestCase("https://169.254.169.254/latest/meta-data")]
    public void Refuse_other_URLs(string url) =>
        Should.Throw<InvalidRequestException>(() => Targets().RequireUrl(url)).Code.ShouldBe("webhook_url_refused");

    [Test]
    public void Take_http_only_where_it_is_allowed_and_at_allowed_ports()
    {
        var options = new WebhooksOptions { AllowedPorts = ["80", "3000"], AllowedNetworks = ["127.0.0.0/8"] };
        Targets(options, allowsHttp: true).RequireUrl("http://127.0.0.1:3000/hooks").Port.ShouldBe(3000);
        Targets(options, allowsHttp: true).RequireUrl("http://erp.example.org/").Port.ShouldBe(80);
        Targets(options).RequireUrl("https://127.0.0.1:3000/hooks").Port.ShouldBe(3000);
        Should.Throw<InvalidRequestException>(() => Targets(options).RequireUrl("http://erp.example.org/"));
        Should.Throw<InvalidRequestException>(() => Targets(options, allowsHttp: true).RequireUrl("http://erp.example.org:8080/"));
    }

    private static WebhookTargets Targets(WebhooksOptions? options = null, bool allowsHttp = false) =>
        new(Options.Create(options ?? new WebhooksOptions()), allowsHttp);
}
