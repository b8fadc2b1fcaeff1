using Attachments.Api.Callers;
using Attachments.Api.Links;
using Attachments.Application.Errors;
using Attachments.Application.Links;
using Attachments.UnitTests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Attachments.UnitTests.Links;

public sealed class LinkSettingsTests
{
    private const string Good = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    [Test]
    public void There_is_no_key_by_default()
    {
        var options = Read();
        options.Keys.ShouldBeEmpty();
        options.MaxLifetime.ShouldBe(TimeSpan.FromDays(7));
        options.Rounding.ShouldBe(TimeSpan.FromMinutes(5));
        options.BaseUrl.ShouldBeNull();
    }

    [Test]
    public void Takes_several_keys() =>
        Read(("Keys:0:Id", "new"), ("Keys:0:Value", Good), ("Keys:1:Id", "old"), ("Keys:1:Value", "x" + Good[1..])).Keys
            .Select(key => key.Id).ShouldBe(["new", "old"]);

    [TestCase("Links:Keys:0:Value is missing; it must be 32 bytes or more, in base64", "Keys:0:Id", "a")]
    [TestCase("Links:Keys:0:Value is not usable; it must be 32 bytes or more, in base64", "Keys:0:Id", "a", "Keys:0:Value", "c2VjcmV0")]
    [TestCase("Links:Keys:0:Value is not usable; it must be 32 bytes or more, in base64", "Keys:0:Id", "a", "Keys:0:Value", "secret")]
    [TestCase("Links:Keys:0:Id is missing; it must name the key", "Keys:0:Value", Good)]
    [TestCase("Links:Keys:0:Id is a; it must name one key only", "Keys:0:Id", "a", "Keys:0:Value", Good, "Keys:1:Id", "a", "Keys:1:Value", Good)]
    [TestCase("Links:Keys:0:Secret is not a setting; Links:Keys:0 has Id, Value.", "Keys:0:Secret", "a")]
    [TestCase("Links:MaxLifetime is 00:00:00; it must be from 00:00:01 to 3650.00:00:00", "MaxLifetime", "00:00:00")]
    [TestCase("Links:Rounding is 00:00:00.5000000; it must be whole seconds, from 00:00:00 to 1.00:00:00", "Rounding", "00:00:00.5")]
    [TestCase("Links:BaseUrl is https://a.example/b; it must be an address such as https://files.example.org, without a path", "BaseUrl", "https://a.example/b")]
    [TestCase("Links:Lifetime is not a setting; Links has Keys, MaxLifetime, Rounding, BaseUrl.", "Lifetime", "1")]
    public void Refuses_what_is_not_usable(string message, params string[] settings) =>
        Should.Throw<ConfigurationException>(() => Read([.. settings.Chunk(2).Select(pair => (pair[0], pair[1]))])).Message.ShouldBe(message);

    [Test]
    public void Refuses_a_key_of_access_tokens() =>
        Should.Throw<ConfigurationException>(() => Read(("Keys:0:Id", "a"), ("Keys:0:Value", SmallApi.Key)))
            .Message.ShouldStartWith("Links:Keys:0:Value is also a key of Authentication:Schemes:Bearer");

    [Test]
    public void Development_makes_a_key_that_is_not_the_one_of_its_tokens()
    {
        var directory = Directory.CreateTempSubdirectory("attachments-links-").FullName;
        try
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
            builder.AddCallers(directory);
            var key = GetOptions(builder.AddLinks(directory)).Keys.ShouldHaveSingleItem();
            Convert.FromBase64String(key.Value!).ShouldBe(DevelopmentKey.ReadOrCreate(directory, "link-key"));
            Convert.FromBase64String(key.Value!).ShouldNotBe(DevelopmentKey.ReadOrCreate(directory));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static LinksOptions Read(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(SmallApi.Settings());
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => $"Links:{setting.Key}", setting => (string?)setting.Value));
        return GetOptions(builder.AddLinks(Path.GetTempPath()));
    }

    private static LinksOptions GetOptions(WebApplicationBuilder builder) =>
        builder.Services.BuildServiceProvider().GetRequiredService<IOptions<LinksOptions>>().Value;
}
