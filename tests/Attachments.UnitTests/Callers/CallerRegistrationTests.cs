using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Attachments.Api.Callers;
using Attachments.Application.Errors;
using Attachments.UnitTests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Attachments.UnitTests.Callers;

public sealed class CallerRegistrationTests
{
    private static readonly SymmetricSecurityKey Key = new(Convert.FromBase64String(SmallApi.Key));

    [Test]
    public async Task Knows_the_caller_by_their_token()
    {
        await using var api = await SmallApi.Start();
        api.As(new TokenRequest("alice") { IsAdmin = true, Projects = [7, 8] });
        var caller = JsonDocument.Parse(await api.Client.GetStringAsync("/samples/caller")).RootElement;
        caller.GetProperty("userId").GetGuid().ShouldBe(NameBasedUuid.CreateInUrlNamespace($"{SmallApi.Issuer}|alice"));
        caller.GetProperty("isAdmin").GetBoolean().ShouldBeTrue();
        caller.GetProperty("projects").ToString().ShouldBe("[7,8]");
    }

    [TestCase("""[3,"4","*"]""", "[3,4]", true)]
    [TestCase("5", "[5]", false)]
    [TestCase("\"6\"", "[6]", false)]
    [TestCase("[[1],{\"a\":2},null,true]", "[]", false)]
    public async Task Reads_projects_in_every_shape(string claim, string projects, bool all)
    {
        await using var api = await SmallApi.Start();
        var token = new JsonWebTokenHandler().CreateToken(
            $$"""{"iss":"{{SmallApi.Issuer}}","aud":"{{SmallApi.Audience}}","sub":"a","exp":4102444800,"project":{{claim}}}""",
            new SigningCredentials(Key, SecurityAlgorithms.HmacSha256));
        var (status, body) = await Ask(api, token);
        status.ShouldBe(HttpStatusCode.OK);
        var caller = JsonDocument.Parse(body).RootElement;
        caller.GetProperty("projects").ToString().ShouldBe(projects);
        caller.GetProperty("allProjects").GetBoolean().ShouldBe(all);
    }

    [Test]
    public async Task Refuses_every_token_that_does_not_hold()
    {
        await using var api = await SmallApi.Start();
        (await Ask(api, Token())).Status.ShouldBe(HttpStatusCode.OK);
        (await Ask(api, Token(subject: null))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(api, Token(issuer: "https://other.example"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(api, Token(audience: "other"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(api, Token(expires: DateTime.UtcNow.AddMinutes(-1)))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(api, Token(key: new SymmetricSecurityKey(new byte[32])))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(api, Token()[..^2])).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(api, "nonsense")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var unsigned = new JsonWebTokenHandler().CreateToken(
            $$"""{"iss":"{{SmallApi.Issuer}}","aud":"{{SmallApi.Audience}}","sub":"a","exp":4102444800}""");
        (await Ask(api, unsigned)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task Checks_issuer_audience_and_lifetime_though_configuration_says_not_to()
    {
        await using var api = await SmallApi.Start(builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Authentication:Schemes:Bearer:ValidateIssuer"] = "false",
            ["Authentication:Schemes:Bearer:ValidateAudience"] = "false",
            ["Authentication:Schemes:Bearer:MapInboundClaims"] = "true",
        }));
        (await Ask(api, Token())).Status.ShouldBe(HttpStatusCode.OK);
        (await Ask(api, Token(issuer: "https://other.example"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(api, Token(audience: "other"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public void Does_not_start_without_a_key_outside_of_development()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Staging" });
        Should.Throw<ConfigurationException>(() => builder.AddCallers(developmentKeyDirectory: Path.GetTempPath()));
    }

    [Test]
    public void Makes_a_key_in_development_that_the_next_start_finds()
    {
        var directory = Directory.CreateTempSubdirectory("attachments-callers-").FullName;
        try
        {
            Development(directory).UsableKey.ShouldNotBeNull().Value.ShouldBe(Development(directory).UsableKey!.Value);
            Development(directory).Audiences.ShouldBe(["attachments"]);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static BearerSettings Development(string directory)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        return BearerSettings.Read(builder.AddCallers(developmentKeyDirectory: directory).Configuration);
    }

    private static async Task<(HttpStatusCode Status, string Body)> Ask(SmallApi api, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/samples/caller");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await api.Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static string Token(
        string issuer = SmallApi.Issuer,
        string audience = SmallApi.Audience,
        string? subject = "alice",
        DateTime? expires = null,
        SecurityKey? key = null)
    {
        var ends = expires ?? DateTime.UtcNow.AddHours(1);
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = ends.AddHours(-2),
            Expires = ends,
            Claims = subject is null ? null : new Dictionary<string, object> { ["sub"] = subject },
            SigningCredentials = new SigningCredentials(key ?? Key, SecurityAlgorithms.HmacSha256),
        });
    }
}
