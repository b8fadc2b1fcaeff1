using System.Net;
using Attachments.Api.Http.Paths;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Attachments.UnitTests.Http.Paths;

[TestFixture]
internal sealed class ServiceAddressTests
{
    [TestCase("http", "192.0.2.1", 8080, "http://192.0.2.1:8080/")]
    [TestCase("http", "192.0.2.1", 80, "http://192.0.2.1/")]
    [TestCase("https", "192.0.2.1", 443, "https://192.0.2.1/")]
    [TestCase("https", "192.0.2.1", 80, "https://192.0.2.1:80/")]
    [TestCase("http", "2001:db8::1", 8080, "http://[2001:db8::1]:8080/")]
    [TestCase("http", "2001:db8::1", 80, "http://[2001:db8::1]/")]
    [TestCase("http", "fe80::1%3", 80, "http://[fe80::1]/")]
    [TestCase("http", "::ffff:192.0.2.1", 8080, "http://192.0.2.1:8080/")]
    public void Is_that_of_the_connection_where_no_host_is_named(string scheme, string address, int port, string expected)
    {
        var context = Context(scheme);
        context.Connection.LocalIpAddress = IPAddress.Parse(address);
        context.Connection.LocalPort = port;
        ServiceAddress.From(context.Request).ShouldBe(expected);
    }

    [TestCase("files.example", "/x", "http://files.example/base/")]
    [TestCase("[2001:db8::1]:81", "/x", "http://[2001:db8::1]:81/base/")]
    [TestCase("", "http://files.example:8080/x", "http://files.example:8080/base/")]
    [TestCase("", "http://files.example:80/x", "http://files.example/base/")]
    [TestCase("", "//files.example/x", "http://127.0.0.1:5000/base/")]
    public void Is_on_the_host_that_is_named(string host, string target, string expected)
    {
        var context = Context("http");
        context.Request.Host = new HostString(host);
        context.Request.PathBase = "/base";
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        context.Connection.LocalIpAddress = IPAddress.Loopback;
        context.Connection.LocalPort = 5000;
        ServiceAddress.From(context.Request).ShouldBe(expected);
    }

    private static DefaultHttpContext Context(string scheme)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = scheme;
        return context;
    }
}
