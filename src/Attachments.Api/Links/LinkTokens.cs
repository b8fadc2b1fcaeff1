using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Attachments.Api.Callers;
using Attachments.Application.Access;
using Attachments.Application.Links;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Attachments.Api.Links;

/// <summary>The tokens of links: compact JWS (RFC 7515), signed by HS256, of the type <c>link+jwt</c> (RFC 8725, section 3.11).</summary>
internal sealed class LinkTokens : ILinkSigner
{
    public const string Type = "link+jwt";

    /// <summary>The field of extensions that must be understood (RFC 7515, section 4.1.11). None is, here.</summary>
    private const string Extensions = "crit";

    private static readonly Dictionary<string, object> Header = new() { [JwtHeaderParameterNames.Typ] = Type };

    private readonly JsonWebTokenHandler signer = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly CachingTokenHandler verifier;
    private readonly TokenValidationParameters parameters;

    /// <summary>For as long as the verifier remembers a token, its claims are not parsed again.</summary>
    private readonly ConditionalWeakTable<TokenValidationResult, ParsedToken> parsed = [];
    private readonly LinkKeys keys;

    public LinkTokens(LinkKeys keys, TimeProvider time)
    {
        this.keys = keys;
        verifier = new CachingTokenHandler(time) { MapInboundClaims = false };
        parameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidTypes = [Type],
            IssuerSigningKeyResolver = (_, _, kid, _) => keys.Find(kid),
            TryAllIssuerSigningKeys = false,
            RequireSignedTokens = true,

            // Of these claims only the time counts, which has an answer of its own.
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
            RequireExpirationTime = false,
        };
    }

    public bool HasKey => keys.Signing is not null;

    public string Sign(GrantedRequest granted) => signer.CreateToken(LinkClaims.Format(granted), keys.Signing!, Header);

    /// <summary>What a token grants, until when it may; null: it is not genuine.</summary>
    public async Task<GrantedRequest?> Verify(string token)
    {
        var result = await verifier.ValidateTokenAsync(token, parameters);
        return result.IsValid ? parsed.GetValue(result, _ => new ParsedToken(Parse(token))).Granted : null;
    }

    private static GrantedRequest? Parse(string token) =>
        token.Split('.') is [var header, var payload, var signature]
        && IsCanonical(signature)
        && ParseObject(header) is { } fields
        && !fields.ContainsKey(Extensions)
        && ParseObject(payload) is { } claims
            ? LinkClaims.Parse(claims)
            : null;

    /// <summary>The last character of a signature has bits that mean nothing. With others in them it would be another text for the same token.</summary>
    private static bool IsCanonical(string signature) =>
        Base64Url.IsValid(signature) && Base64Url.EncodeToString(Base64Url.DecodeFromChars(signature)) == signature;

    /// <summary>The members of a part; null: it is not an object, or has one of them twice.</summary>
    private static Dictionary<string, JsonElement>? ParseObject(string part)
    {
        if (!Base64Url.IsValid(part))
        {
            return null;
        }

        try
        {
            var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            return JsonElement.Parse(Base64Url.DecodeFromChars(part)).EnumerateObject().All(member => members.TryAdd(member.Name, member.Value))
                ? members
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // It is not JSON, not an object, or has a name that is not Unicode.
            return null;
        }
    }

    private sealed record ParsedToken(GrantedRequest? Granted);
}
