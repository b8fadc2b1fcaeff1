using Attachments.Application.Errors;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Attachments.Api.Callers;

/// <summary>
/// What the verb <c>token</c> does: signs a token with the configured symmetric key, for development and tests.
/// </summary>
internal sealed class TokenVerb(BearerSettings settings, TimeProvider clock)
{
    private const string Usage = "usage: Attachments.Api token --sub NAME … (token --help names the rest)";

    /// <summary>Prints the token, and nothing else, to <paramref name="output"/>.</summary>
    /// <param name="read">Makes the request of the arguments.</param>
    /// <param name="output">Receives the token.</param>
    /// <param name="error">Receives error messages.</param>
    /// <returns>0; 1 if there is no key to sign with; 2 if the arguments are invalid.</returns>
    public int Run(Func<TokenRequest> read, TextWriter output, TextWriter error)
    {
        try
        {
            output.WriteLine(Sign(read()));
            return 0;
        }
        catch (FormatException exception)
        {
            error.WriteLine($"token: {exception.Message}");
            error.WriteLine(Usage);
            return 2;
        }
        catch (ConfigurationException exception)
        {
            error.WriteLine($"token: {exception.Message}");
            return 1;
        }
    }

    /// <summary>A token in compact form (RFC 7519), signed with HMAC-SHA256.</summary>
    /// <exception cref="ConfigurationException">There is no symmetric key to sign with.</exception>
    public string Sign(TokenRequest request)
    {
        var key = settings.UsableKey ?? throw new ConfigurationException(
            $"{BearerSettings.Section}:SigningKeys has no key to sign with; tokens come from {settings.Authority}.");
        var now = clock.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = key.Issuer,
            Audience = settings.Audiences[0],
            IssuedAt = now,
            NotBefore = now,
            Expires = now + request.Lifetime,
            Claims = CreateClaims(request),
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(key.Value), SecurityAlgorithms.HmacSha256),
        });
    }

    private static Dictionary<string, object> CreateClaims(TokenRequest request)
    {
        var claims = new Dictionary<string, object> { [CallerClaims.Subject] = request.Subject };
        if (request.IsAdmin)
        {
            claims[CallerClaims.Role] = CallerClaims.AdminRole;
        }

        if (request.AllProjects)
        {
            claims[CallerClaims.Project] = CallerClaims.EveryProject;
        }
        else if (request.Projects.Count > 0)
        {
            claims[CallerClaims.Project] = request.Projects.ToArray();
        }

        if (request.Organisations.Count > 0)
        {
            claims[CallerClaims.Organisation] = request.Organisations.ToArray();
        }

        if (request.Scope is not null)
        {
            claims[CallerClaims.Scope] = request.Scope;
        }

        return claims;
    }
}
