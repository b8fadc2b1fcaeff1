using System.Text.Json.Nodes;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Access;

/// <summary>Tokens that are no good, each wrong in one thing, in every family.</summary>
[TestFixture]
internal sealed class BadTokenTests
{
    private static readonly byte[] AnotherKey = Files.Make(32, seed: 3);

    /// <summary>What is wrong, and the Authorization field that has it.</summary>
    private static readonly Dictionary<string, Func<string>> Faults = new()
    {
        ["no algorithm, no signature"] = () => $"Bearer {Algorithm("none").Signed}.",
        ["no algorithm in other letters"] = () => $"Bearer {Algorithm("nOnE").Signed}.",
        ["no algorithm, signed all the same"] = () => $"Bearer {Algorithm("none")}",
        ["algorithm missing"] = () => Bearer(token => token.Header.Remove("alg")),
        ["another algorithm than signed with"] = () => $"Bearer {Algorithm("HS512")}",
        ["an asymmetric algorithm with the symmetric key"] = () => $"Bearer {Algorithm("RS256")}",
        ["another key"] = () => Bearer(token => token.Key = AnotherKey),
        ["an empty key, named by a path"] = () => Bearer(token =>
        {
            token.Header["kid"] = "../../../../dev/null";
            token.Key = [];
        }),
        ["another key, which it brings along"] = () => Bearer(token =>
        {
            token.Header["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = Convert.ToBase64String(AnotherKey).TrimEnd('=') };
            token.Key = AnotherKey;
        }),
        ["another key, to be fetched from somewhere"] = () => Bearer(token =>
        {
            token.Header["jku"] = "http://127.0.0.1:9/keys";
            token.Key = AnotherKey;
        }),
        ["another issuer"] = () => Claim("iss", RunningService.Issuer + "/"),
        ["no issuer"] = () => Claim("iss", null),
        ["another audience"] = () => Claim("aud", "attachments2"),
        ["other audiences"] = () => Claim("aud", new JsonArray("another", "and another")),
        ["no audience"] = () => Claim("aud", null),
        ["expired"] = () => Claim("exp", HandmadeToken.Seconds(TimeSpan.FromSeconds(-40))),
        ["no end"] = () => Claim("exp", null),
        ["not yet valid"] = () => Claim("nbf", HandmadeToken.Seconds(TimeSpan.FromMinutes(2))),
        ["no subject"] = () => Claim("sub", null),
        ["an empty subject"] = () => Claim("sub", ""),
        ["tampered payload"] = () => Tampered(token => token.Claims["sub"] = "somebody"),
        ["tampered header"] = () => Tampered(token => token.Header["x"] = 1),
        ["tampered signature"] = () => $"Bearer {Tampered(new HandmadeToken())}",
        ["signature cut off"] = () => $"Bearer {new HandmadeToken().ToString()[..^1]}",
        ["signature missing"] = () => $"Bearer {new HandmadeToken().Signed}.",
        ["two parts"] = () => $"Bearer {new HandmadeToken().Signed}",
        ["four parts"] = () => $"Bearer {new HandmadeToken()}.x",
        ["five parts"] = () => $"Bearer {new HandmadeToken()}.x.y",
        ["a payload that is no JSON"] = () => $"Bearer {HandmadeToken.Encoded("{}")}.{HandmadeToken.Encoded("[")}.x",
        ["very long"] = () => $"Bearer {new string('a', 20_000)}",
        ["no token"] = () => "Bearer",
        ["another scheme"] = () => $"Basic {new HandmadeToken()}",
        ["two tokens"] = () => $"Bearer {new HandmadeToken()}, Bearer {new HandmadeToken()}",
    };

    private RunningService service = null!;
    private Scene scene = null!;

    private static IEnumerable<string> AllFaults => Faults.Keys;

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService();
        scene = await Scene.Make(service);
    }

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [Test]
    public async Task Without_a_fault_it_is_good()
    {
        using var client = service.ClientWith($"{new HandmadeToken()}");
        (await new OwnedFiles(client, Guid.Empty).List()).Status.ShouldBe(200);
        var ended = HandmadeToken.With(token => token.Claims["exp"] = HandmadeToken.Seconds(TimeSpan.FromSeconds(-5)));
        using var late = service.ClientWith($"{ended}");
        (await new OwnedFiles(late, Guid.Empty).List()).Status.ShouldBe(200, "clocks differ");
    }

    [TestCaseSource(nameof(AllFaults))]
    public async Task Is_refused_everywhere_before_a_byte_of_the_body_is_read(string fault)
    {
        var authorization = Faults[fault]();
        await ShouldBeRefusedEverywhere(authorization, "");
    }

    [Test]
    public Task Is_not_looked_for_in_the_address() => ShouldBeRefusedEverywhere(null, $"?access_token={new HandmadeToken()}");

    private async Task ShouldBeRefusedEverywhere(string? authorization, string query)
    {
        var before = await DatabaseContent.Digest(service.ConnectionString);
        foreach (var line in AccessMatrix.Samples)
        {
            var answer = await service.AskWithoutBody(line, scene, authorization, query);
            answer.Status.ShouldBe(401, $"{line}");
            answer.Field("WWW-Authenticate").ShouldNotBeNull().Split(' ')[0].ShouldBe("Bearer", $"{line}");
            if (line.Method != "HEAD")
            {
                answer.Text.ShouldContain("\"unauthenticated\"");
            }
        }

        AccessMatrix.Samples.Count.ShouldBe(8);
        (await DatabaseContent.Digest(service.ConnectionString)).ShouldBe(before);
    }

    private static string Bearer(Action<HandmadeToken> fault) => $"Bearer {HandmadeToken.With(fault)}";

    /// <summary>Changed after it was signed.</summary>
    private static string Tampered(Action<HandmadeToken> change) =>
        $"Bearer {HandmadeToken.With(change).Signed}.{new HandmadeToken().Signature}";

    private static HandmadeToken Algorithm(string name) => HandmadeToken.With(token => token.Header["alg"] = name);

    /// <summary>With another value of a claim, or without it.</summary>
    private static string Claim(string name, JsonNode? value) => Bearer(token =>
    {
        token.Claims.Remove(name);
        if (value is not null)
        {
            token.Claims[name] = value;
        }
    });

    private static string Tampered(HandmadeToken token)
    {
        var signature = token.Signature;
        return $"{token.Signed}.{(signature[0] == 'A' ? 'B' : 'A')}{signature[1..]}";
    }
}
