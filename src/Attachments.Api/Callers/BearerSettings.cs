using Attachments.Application.Errors;

namespace Attachments.Api.Callers;

/// <summary>
/// The section <c>Authentication:Schemes:Bearer</c>, read by the rules of the framework. It is read at start, so that a mistake does not
/// wait for the first request, and so that a token can be signed with the key that the service checks.
/// </summary>
/// <param name="Authority">The OpenID Connect provider whose keys and issuer are accepted.</param>
/// <param name="Issuers"><c>ValidIssuers</c> and <c>ValidIssuer</c>.</param>
/// <param name="Audiences"><c>ValidAudiences</c> and <c>ValidAudience</c>.</param>
/// <param name="Keys"><c>SigningKeys</c>, symmetric, each for one issuer.</param>
internal sealed record BearerSettings(
    string? Authority, IReadOnlyList<string> Issuers, IReadOnlyList<string> Audiences, IReadOnlyList<BearerSettings.SigningKey> Keys)
{
    public const string Section = "Authentication:Schemes:Bearer";

    /// <summary>HMAC-SHA256 requires a key at least as long as its hash (RFC 7518, section 3.2).</summary>
    public const int MinKeyBytes = 32;

    /// <summary>The first signing key that the framework will use: one whose issuer is valid.</summary>
    public SigningKey? UsableKey => Keys.FirstOrDefault(key => Issuers.Contains(key.Issuer));

    /// <exception cref="ConfigurationException">The authority or a signing key is not usable.</exception>
    public static BearerSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        return new BearerSettings(
            ReadAuthority(section),
            Values(section, "ValidIssuers", "ValidIssuer"),
            Values(section, "ValidAudiences", "ValidAudience"),
            ReadKeys(section.GetSection("SigningKeys")));
    }

    /// <exception cref="ConfigurationException">Tokens could not be checked with these settings.</exception>
    public void RequireComplete()
    {
        if (Authority is null && Keys.Count == 0)
        {
            throw new ConfigurationException($"{Section} needs an Authority, or SigningKeys: there is no open mode.");
        }

        if (Audiences.Count == 0)
        {
            throw new ConfigurationException($"{Section} needs an audience (ValidAudience or ValidAudiences) to check tokens against.");
        }

        if (Authority is null && Issuers.Count == 0)
        {
            throw new ConfigurationException($"{Section} needs an issuer (ValidIssuer or ValidIssuers) for its SigningKeys.");
        }

        if (Authority is null && UsableKey is null)
        {
            throw new ConfigurationException($"{Section}:SigningKeys has no key whose Issuer is a valid issuer.");
        }
    }

    private static string? ReadAuthority(IConfigurationSection section)
    {
        if (section["Authority"] is not { Length: > 0 } authority)
        {
            return null;
        }

        var plainAllowed = bool.TryParse(section["RequireHttpsMetadata"], out var required) && !required;
        return Uri.TryCreate(authority, UriKind.Absolute, out var uri) && (uri.Scheme == "https" || (plainAllowed && uri.Scheme == "http"))
            ? authority
            : throw new ConfigurationException($"{section.Path}:Authority is not an https address: {authority}.");
    }

    private static List<string> Values(IConfigurationSection section, string listName, string name) =>
        [.. section.GetSection(listName).GetChildren().Select(child => child.Value)
            .Append(section[name]).OfType<string>().Where(value => value.Length > 0)];

    private static List<SigningKey> ReadKeys(IConfigurationSection section)
    {
        var keys = section.GetChildren().Where(key => key["Value"] is not null).Select(ReadKey).ToList();
        if (keys.GroupBy(key => key.Issuer).FirstOrDefault(ofOne => ofOne.Count() > 1) is { } several)
        {
            throw new ConfigurationException($"{section.Path} has several keys for the issuer {several.Key}; only one is allowed.");
        }

        return keys;
    }

    private static SigningKey ReadKey(IConfigurationSection section)
    {
        var buffer = new byte[section["Value"]!.Length];
        if (!Convert.TryFromBase64String(section["Value"]!, buffer, out var length))
        {
            throw new ConfigurationException($"{section.Path}:Value is not base64.");
        }

        if (length < MinKeyBytes)
        {
            throw new ConfigurationException($"{section.Path}:Value is {length} bytes long; a signing key needs at least {MinKeyBytes}.");
        }

        return new SigningKey(section["Issuer"] ?? "", buffer[..length]);
    }

    /// <param name="Issuer">The issuer whose tokens it signs.</param>
    /// <param name="Value">At least <see cref="MinKeyBytes"/> bytes.</param>
    internal sealed record SigningKey(string Issuer, byte[] Value);
}
