using Attachments.Api.Access;
using Attachments.Application.Access;
using Attachments.Application.Changes;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.Tokens;

namespace Attachments.Api.Callers;

internal static class CallerRegistration
{
    /// <summary>
    /// How far the clocks of the token's issuer and of this service may differ. Enough for synchronised machines, and far less than the
    /// framework's five minutes, for which an expired token would still be accepted.
    /// </summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private static readonly string[] TokenTypes = ["JWT", "at+jwt"];

    /// <summary>
    /// Adds bearer tokens (RFC 6750), configured like the framework's under <c>Authentication:Schemes:Bearer</c>, and the
    /// <see cref="Caller"/> of each request. In Development, without a key or an authority, a key is created.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="developmentKeyDirectory">The directory of the development key.</param>
    /// <exception cref="ConfigurationException">The configuration does not allow tokens to be checked.</exception>
    public static WebApplicationBuilder AddCallers(this WebApplicationBuilder builder, string developmentKeyDirectory)
    {
        if (builder.Environment.IsDevelopment())
        {
            builder.Configuration.AddInMemoryCollection(
                DevelopmentKey.MissingSettings(BearerSettings.Read(builder.Configuration), developmentKeyDirectory));
        }

        var settings = BearerSettings.Read(builder.Configuration);
        settings.RequireComplete();
        builder.Services.AddSingleton(settings);
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(CheckTokens);
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<TimeProvider>(CacheTokens);
        builder.Services.AddAuthorization();
        builder.Services.AddSingleton<IAuthorizationHandler, AccessHandler>();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped(CallerClaims.GetCaller);
        builder.Services.AddSingleton<IChangeAuthor, RequestAuthor>();
        return builder;
    }

    private static void CheckTokens(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        var parameters = options.TokenValidationParameters;
        parameters.NameClaimType = CallerClaims.Subject;
        parameters.RoleClaimType = CallerClaims.Role;
        parameters.ClockSkew = ClockSkew;
        // Configuration could switch these checks off one by one; all of them are always required.
        parameters.ValidateIssuer = true;
        parameters.ValidateAudience = true;
        parameters.ValidateLifetime = true;
        parameters.ValidateIssuerSigningKey = true;
        parameters.RequireSignedTokens = true;
        parameters.RequireExpirationTime = true;
        parameters.TypeValidator = RequireTokenOfUser;
        // A query of the configuration, which would run in each request.
        parameters.IssuerSigningKeys = parameters.IssuerSigningKeys?.ToList();
        options.Events = new JwtBearerEvents { OnTokenValidated = CallerClaims.SetCaller };
    }

    /// <summary>
    /// Explicit typing (RFC 8725, section 3.11): a token that was signed for something else, such as a link, is not one of a user, whichever
    /// key has signed it.
    /// </summary>
    private static string RequireTokenOfUser(string? type, SecurityToken token, TokenValidationParameters parameters) =>
        type is null or "" || TokenTypes.Contains(type, StringComparer.OrdinalIgnoreCase)
            ? type ?? ""
            : throw new SecurityTokenInvalidTypeException("The type of the token is not one of an access token.") { InvalidType = type };

    private static void CacheTokens(JwtBearerOptions options, TimeProvider time)
    {
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(new CachingTokenHandler(time) { MapInboundClaims = false });
    }
}
