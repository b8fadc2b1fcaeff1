using Attachments.Api.Callers;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Attachments.UnitTests.Callers;

public sealed class TokenVerbTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly BearerSettings.SigningKey Key = new("issuer", new byte[32]);
    private static readonly BearerSettings Settings = new(null, ["issuer"], ["first", "second"], [new("other", new byte[40]), Key]);

    [Test]
    public void Prints_just_the_token()
    {
        var (code, output, error) = Run("--sub", "alice");
        code.ShouldBe(0);
        error.ShouldBeEmpty();
        var token = Read(output);
        output.ShouldBe(token.EncodedToken + Environment.NewLine);
        token.Subject.ShouldBe("alice");
        token.Issuer.ShouldBe("issuer");
        token.Audiences.ShouldBe(["first"]);
        token.Alg.ShouldBe("HS256");
        token.ValidFrom.ShouldBe(Now.UtcDateTime);
        token.ValidTo.ShouldBe(Now.UtcDateTime.AddDays(1));
        token.Claims.Select(claim => claim.Type).ShouldBe(["sub", "iss", "aud", "iat", "nbf", "exp"], ignoreOrder: true);
    }

    [Test]
    public void Puts_each_option_into_its_claim()
    {
        var token = Read(Run(
            "--project", "7,8", "--admin", "--project=-9", "--org", "1", "--sub", "alice", "--scope", "records files:read").Output);
        Values(token, "project").ShouldBe(["7", "8", "-9"]);
        Values(token, "role").ShouldBe(["admin"]);
        Values(token, "org").ShouldBe(["1"]);
        Values(token, "scope").ShouldBe(["records files:read"]);
    }

    [Test]
    public void Takes_a_star_for_every_project() =>
        Values(Read(Run("--sub", "a", "--project", "3", "--project", "*").Output), "project").ShouldBe(["*"]);

    [TestCase("8h", "08:00:00")]
    [TestCase("30d", "30.00:00:00")]
    [TestCase("90m", "01:30:00")]
    [TestCase("45s", "00:00:45")]
    [TestCase("01:30:00", "01:30:00")]
    [TestCase("30.00:00:00", "30.00:00:00")]
    public void Expires_when_it_should(string text, string expected) =>
        Request("--sub", "a", "--expires", text).Lifetime.ShouldBe(TimeSpan.Parse(expected));

    [TestCase("")]
    [TestCase("h")]
    [TestCase("5")]
    [TestCase("0s")]
    [TestCase("-1h")]
    [TestCase("-01:00:00")]
    [TestCase("1y")]
    [TestCase("1.5h")]
    [TestCase("3651d")]
    [TestCase("2147483647d")]
    [TestCase("99999999999d")]
    public void Refuses_an_expiry_that_is_none(string text) => Run("--sub", "a", "--expires", text).Code.ShouldBe(2);

    [TestCase("--sub is missing")]
    [TestCase("--sub is missing", "--admin")]
    [TestCase("--sub needs a value", "--sub")]
    [TestCase("--sub needs a value", "--sub", "")]
    [TestCase("--sub can be given only once", "--sub", "a", "--sub", "b")]
    [TestCase("--subject is not a known option", "--subject", "a")]
    [TestCase("stray is not a known option", "stray")]
    [TestCase("--admin takes no value", "--sub", "a", "--admin=true")]
    [TestCase("--project must be an integer, not 'x'", "--sub", "a", "--project", "x")]
    [TestCase("--project must be an integer, not ''", "--sub", "a", "--project", "1,")]
    [TestCase("--org must be an integer, not '*'", "--sub", "a", "--org", "*")]
    public void Shows_its_usage_for_arguments_that_make_no_request(string expected, params string[] arguments)
    {
        var (code, output, error) = Run(arguments);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldContain(expected);
        error.ShouldContain("usage: ");
    }

    [Test]
    public void Says_in_one_line_that_there_is_no_key()
    {
        using var error = new StringWriter();
        var verb = new TokenVerb(new BearerSettings("https://id.example", [], ["a"], []), TimeProvider.System);
        verb.Run(() => Request("--sub", "a"), TextWriter.Null, error).ShouldBe(1);
        error.ToString().ShouldContain("https://id.example");
        error.ToString().Count(letter => letter == '\n').ShouldBe(1);
    }

    private static TokenRequest Request(params string[] arguments)
    {
        var command = new TokenCommand();
        return command.Read(command.Parse(arguments));
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = new TokenVerb(Settings, new Stopped()).Run(() => Request(arguments), output, error);
        return (code, output.ToString(), error.ToString());
    }

    private static JsonWebToken Read(string output) => new(output.Trim());

    private static IEnumerable<string> Values(JsonWebToken token, string claim) =>
        token.Claims.Where(found => found.Type == claim).Select(found => found.Value);

    private sealed class Stopped : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
