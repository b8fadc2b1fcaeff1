using System.Diagnostics;
using System.Text.Json.Nodes;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Links;

/// <summary>Which tokens are genuine. All that are not get one answer.</summary>
[TestFixture]
internal sealed class LinkTokenTests
{
    private static readonly byte[] Content = Files.Make(Files.Small);

    private static readonly Dictionary<string, Action<HandmadeLink>> Faults = new()
    {
        ["another algorithm"] = token => token.Header["alg"] = "HS512",
        ["no algorithm"] = token => token.Header["alg"] = "none",
        ["algorithm missing"] = token => token.Header.Remove("alg"),
        ["the type of an access token"] = token => token.Header["typ"] = "JWT",
        ["no type"] = token => token.Header.Remove("typ"),
        ["an unknown key"] = token => token.Header["kid"] = "other",
        ["no key named"] = token => token.Header.Remove("kid"),
        ["signed by another key"] = token => token.Key = Files.Make(32, 5),
        ["signed by the key of access tokens"] = token => token.Key = Convert.FromBase64String(RunningService.SigningKey),
        ["an extension that must be understood"] = token =>
        {
            token.Header["crit"] = new JsonArray("b64");
            token.Header["b64"] = false;
        },
        ["another method"] = token => token.Claims["htm"] = "HEAD",
        ["a method in other letters"] = token => token.Claims["htm"] = "get",
        ["no method"] = token => token.Claims.Remove("htm"),
        ["no path"] = token => token.Claims.Remove("htu"),
        ["a path with its query"] = token => token.Claims["htu"] = $"{token.Claims["htu"]}?link",
        ["no end"] = token => token.Claims.Remove("exp"),
        ["an end that is text"] = token => token.Claims["exp"] = $"{token.Claims["exp"]}",
        ["an end in parts of seconds"] = token => token.Claims["exp"] = JsonNode.Parse($"{token.Claims["exp"]}.5"),
        ["an end past all time"] = token => token.Claims["exp"] = long.MaxValue,
        ["an end too far ahead"] = token =>
            token.Claims["exp"] = (DateTimeOffset.UtcNow + TimeSpan.FromDays(7) + TimeSpan.FromMinutes(7)).ToUnixTimeSeconds(),
        ["no maker"] = token => token.Claims.Remove("sub"),
        ["a maker without a UUID"] = token => token.Claims["sub"] = "admin",
        ["an id that nobody made"] = token => token.Claims["jti"] = Guid.NewGuid().ToString(),
        ["an id that is no UUID"] = token => token.Claims["jti"] = "1",
        ["another use of the file"] = token => token.Claims["preview"] = "small",
        ["a restriction that is unknown"] = token => token.Claims["ip"] = "127.0.0.1",
        ["a restriction that is null"] = token => token.Claims["sha256"] = null,
        ["a digest in capitals"] = token => token.Claims["sha256"] = Content.Sha256().ToUpperInvariant(),
        ["public without a digest"] = token => token.Claims["public"] = true,
        ["restrictions of an upload"] = token => token.Claims["max_bytes"] = 1000,
    };

    private RunningService service = null!;
    private KeptFile file = null!;

    private static IEnumerable<string> AllFaults => Faults.Keys;

    [OneTimeSetUp]
    public async Task Store()
    {
        service = TestBed.Service;
        file = await ContentFamily.Sessions.Store(service, Content);
    }

    [Test]
    public async Task Whoever_has_the_key_signs_without_asking()
    {
        var bare = New();
        (await Get($"{bare}")).Body.ShouldBe(Content);
        var usual = New().With(token =>
        {
            token.Claims["iat"] = 1;
            token.Claims["iss"] = "backend";
            token.Claims["aud"] = "attachments";
            token.Claims["sha256"] = Content.Sha256();
            token.Claims["public"] = true;
        });
        (await Get($"{usual}")).Field("Cache-Control")!.ShouldStartWith("public, max-age=");
        var late = New().With(token => token.Claims["exp"] = DateTimeOffset.UtcNow.AddDays(7).AddMinutes(5).ToUnixTimeSeconds());
        (await Get($"{late}")).Status.ShouldBe(200);
        (await Get($"{New().With(token => token.Claims["exp"] = DateTimeOffset.UtcNow.AddMinutes(-2).ToUnixTimeSeconds())}"))
            .ShouldBeRefused(410, "link_expired");
    }

    [TestCaseSource(nameof(AllFaults))]
    public async Task Is_refused_with(string fault)
    {
        var answer = await Get($"{New().With(Faults[fault])}");
        answer.ShouldBeRefused(403, "link_invalid");
        answer.Json.GetProperty("detail").GetString().ShouldBe("The link is not valid for this request.");
    }

    [Test]
    public async Task Is_refused_if_any_byte_of_it_is_changed()
    {
        var token = SignedLinks.TokenOf(await service.Admin.LinkTo(file.Target));
        var random = new Random(7);
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
        string? answered = null;
        for (var i = 0; i < token.Length; i++)
        {
            // The last character has bits that decode to nothing, so each of its neighbours is tried.
            var others = i == token.Length - 1 ? letters : $"{letters[random.Next(letters.Length)]}{letters[random.Next(letters.Length)]}";
            foreach (var letter in others.Where(letter => letter != token[i]))
            {
                var answer = await Get($"{token[..i]}{letter}{token[(i + 1)..]}");
                answer.ShouldBeRefused(403, "link_invalid");
                var body = answer.Json.GetProperty("detail").GetString();
                (answered ??= body).ShouldBe(body);
            }
        }

        foreach (var other in new[] { token[..^1], token + "A", token + "=", "%20" + token, token + ".", "", $"{token}&link={token}" })
        {
            (await Get(other)).ShouldBeRefused(403, "link_invalid");
        }

        (await Get(token)).Body.ShouldBe(Content);
    }

    [Test]
    public async Task An_access_token_is_no_link_and_a_link_no_access_token()
    {
        (await Get(service.AdminToken)).ShouldBeRefused(403, "link_invalid");
        var token = SignedLinks.TokenOf(await service.Admin.LinkTo(file.Target));
        (await service.ClientWith(token).Get(file.Target)).Status.ShouldBe(401);

        // Not even where the key is known.
        var typed = Access.HandmadeToken.With(made => made.Header["typ"] = "link+jwt");
        (await service.ClientWith($"{typed}").Get(file.Target)).Status.ShouldBe(401);
        foreach (var type in new[] { "JWT", "jwt", "at+jwt" })
        {
            (await service.ClientWith($"{Access.HandmadeToken.With(made => made.Header["typ"] = type)}").Get(file.Target)).Status.ShouldBe(200, type);
        }

        (await service.ClientWith($"{Access.HandmadeToken.With(made => made.Header.Remove("typ"))}").Get(file.Target)).Status.ShouldBe(200);
    }

    [Test]
    public async Task Is_good_until_its_key_is_taken_out()
    {
        string[] both = ["--Links:Keys:0:Id=new", $"--Links:Keys:0:Value={Convert.ToBase64String(Files.Make(32, 9))}",
            "--Links:Keys:1:Id=test", $"--Links:Keys:1:Value={RunningService.LinkKey}"];
        await using var rotating = await TestBed.StartService(both);
        var kept = await ContentFamily.Sessions.Store(rotating, Content);
        var old = $"{HandmadeLink.To(kept.Target, DateTimeOffset.UtcNow.AddHours(1))}";
        (await rotating.Anonymous.Get(SignedLinks.With(kept.Target, old))).Status.ShouldBe(200);
        var link = await rotating.Admin.LinkTo(kept.Target);
        (await rotating.Anonymous.Get(link)).Status.ShouldBe(200);
        (await service.Anonymous.Get(SignedLinks.With(file.Target, SignedLinks.TokenOf(link)))).ShouldBeRefused(403, "link_invalid");
    }

    /// <summary>As docs/links.md shows it.</summary>
    [Test]
    public async Task Is_signed_by_openssl_in_a_shell()
    {
        const string script =
            """
            b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
            header=$(printf '{"alg":"HS256","typ":"link+jwt","kid":"%s"}' "$KEY_ID" | b64)
            claims=$(printf '{"htm":"GET","htu":"%s","exp":%d,"sub":"%s"}' "$TARGET" $(($(date +%s) + 3600)) "$USER_ID" | b64)
            key=$(printf %s "$KEY" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
            echo "$header.$claims.$(printf %s "$header.$claims" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$key -binary | b64)"
            """;
        (await Get(await Run("sh", "-c", script))).Body.ShouldBe(Content);
    }

    [Test]
    public async Task Is_signed_in_another_language()
    {
        const string script =
            """
            import base64, hashlib, hmac, json, os, time
            b64 = lambda data: base64.urlsafe_b64encode(data).rstrip(b'=')
            part = lambda value: b64(json.dumps(value).encode())
            signed = part({'kid': os.environ['KEY_ID'], 'typ': 'link+jwt', 'alg': 'HS256'}) + b'.' + part({
                'sub': os.environ['USER_ID'], 'exp': int(time.time()) + 60, 'iat': int(time.time()), 'htu': os.environ['TARGET'], 'htm': 'GET'})
            print((signed + b'.' + b64(hmac.digest(base64.b64decode(os.environ['KEY']), signed, hashlib.sha256))).decode())
            """;
        (await Get(await Run("python3", "-c", script))).Body.ShouldBe(Content);
    }

    private Task<Answer> Get(string token) => service.Anonymous.Get(SignedLinks.With(file.Target, token));

    private HandmadeLink New() => HandmadeLink.To(file.Target, DateTimeOffset.UtcNow.AddHours(1));

    /// <summary>The line that a program prints.</summary>
    private async Task<string> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["KEY_ID"] = "test";
        start.Environment["KEY"] = RunningService.LinkKey;
        start.Environment["TARGET"] = file.Target;
        start.Environment["USER_ID"] = Guid.NewGuid().ToString();
        try
        {
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return output.Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore($"{program} is not installed.");
            throw;
        }
    }
}
