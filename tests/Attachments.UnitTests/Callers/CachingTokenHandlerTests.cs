using System.Security.Claims;
using System.Security.Cryptography;
using Attachments.Api.Callers;
using Attachments.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Attachments.UnitTests.Callers;

public sealed class CachingTokenHandlerTests
{
    private readonly SymmetricSecurityKey key = new(RandomNumberGenerator.GetBytes(32));
    private ManualTime time = null!;
    private CachingTokenHandler handler = null!;
    private TokenValidationParameters parameters = null!;
    private int validations;

    [SetUp]
    public void Make()
    {
        validations = 0;
        time = new ManualTime(DateTimeOffset.UtcNow);
        handler = new CachingTokenHandler(time);
        parameters = new TokenValidationParameters
        {
            ValidateIssuer = false,
            ValidateAudience = false,
            ClockSkew = TimeSpan.Zero,
            IssuerSigningKeyResolver = (_, _, _, _) =>
            {
                validations++;
                return [key];
            },
        };
    }

    [Test]
    public async Task Validates_a_good_token_once_a_minute()
    {
        var token = Sign("me", TimeSpan.FromHours(1));
        (await Validate(token)).ShouldBe("me");
        (await Validate(token)).ShouldBe("me");
        validations.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(60));
        (await Validate(token)).ShouldBe("me");
        validations.ShouldBe(2);
    }

    [Test]
    public async Task Remembers_no_token_past_its_expiry()
    {
        var token = Sign("me", TimeSpan.FromSeconds(30));
        await Validate(token);
        time.Advance(TimeSpan.FromSeconds(31));
        await Validate(token);
        validations.ShouldBe(2);
    }

    [Test]
    public async Task Remembers_no_token_from_before_a_clock_was_put_back()
    {
        var token = Sign("me", TimeSpan.FromHours(1));
        await Validate(token);
        time.Advance(TimeSpan.FromDays(-1));
        await Validate(token);
        validations.ShouldBe(2);
    }

    [Test]
    public async Task Takes_no_other_token_for_a_remembered_one()
    {
        var token = Sign("me", TimeSpan.FromHours(1));
        await Validate(token);
        (await Validate(Sign("you", TimeSpan.FromHours(1)))).ShouldBe("you");
        var last = token[^2] == 'A' ? 'B' : 'A';
        (await Validate($"{token[..^2]}{last}{token[^1]}")).ShouldBeNull();
    }

    [Test]
    public async Task Remembers_no_refusal()
    {
        var token = Sign("me", TimeSpan.FromHours(1));
        var others = parameters.Clone();
        others.IssuerSigningKeyResolver = (_, _, _, _) => [new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32))];
        (await handler.ValidateTokenAsync(token, others)).IsValid.ShouldBeFalse();
        (await Validate(token)).ShouldBe("me");
    }

    [Test]
    public async Task Remembers_no_more_than_it_may()
    {
        for (var i = 0; i <= CachingTokenHandler.MaxTokens; i++)
        {
            await Validate(Sign($"{i}", TimeSpan.FromHours(1)));
        }

        handler.Count.ShouldBe(1);
    }

    [Test]
    public async Task Remembers_fewer_of_long_tokens()
    {
        var most = 0;
        for (var i = 0; i < 400; i++)
        {
            await Validate(Sign($"{i} {new string('x', 20_000)}", TimeSpan.FromHours(1)));
            most = Math.Max(most, handler.Count);
        }

        // Each is of some 27,000 characters.
        most.ShouldBeInRange(250, 320);
    }

    [Test]
    public async Task Forgets_those_that_have_expired()
    {
        for (var i = 0; i < 100; i++)
        {
            await Validate(Sign($"{i}", TimeSpan.FromHours(1)));
        }

        time.Advance(TimeSpan.FromMinutes(2));
        await Validate(Sign("another", TimeSpan.FromHours(1)));
        handler.Count.ShouldBe(1);
    }

    [Test]
    public async Task Makes_room_by_those_that_have_expired_first()
    {
        for (var i = 0; i < CachingTokenHandler.MaxTokens / 2; i++)
        {
            await Validate(Sign($"short {i}", TimeSpan.FromSeconds(30)));
        }

        // Less than what they are all forgotten after; to sign them took some seconds of real time.
        time.Advance(TimeSpan.FromSeconds(55));
        for (var i = 0; i <= CachingTokenHandler.MaxTokens / 2; i++)
        {
            await Validate(Sign($"long {i}", TimeSpan.FromHours(1)));
        }

        handler.Count.ShouldBe((CachingTokenHandler.MaxTokens / 2) + 1);
    }

    /// <summary>The subject of a good token; null for any other.</summary>
    private async Task<string?> Validate(string token)
    {
        var result = await handler.ValidateTokenAsync(token, parameters);
        return result.IsValid ? result.ClaimsIdentity.FindFirst(JwtRegisteredClaimNames.Sub)!.Value : null;
    }

    private string Sign(string subject, TimeSpan lifetime) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Subject = new ClaimsIdentity([new Claim(JwtRegisteredClaimNames.Sub, subject)]),
        NotBefore = DateTime.UtcNow.AddMinutes(-5),
        Expires = DateTime.UtcNow + lifetime,
        SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
    });
}
