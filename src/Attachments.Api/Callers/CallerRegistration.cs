using Attachments.Api.Access;
using Attachments.Application.Access;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;

namespace Attachments.Api.Callers;

internal static class CallerRegistration
{
    /// <summary>
    /// How far the clocks of the one who issues tokens and of this service may differ. Wide enough for machines that keep their time,
    /// and far below the framework's five minutes, by which an expired token would outlive its word.
    /// </summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bearer tokens (RFC 6750), configured as the framework does it under <c>Authentication:Schemes:Bearer</c>, and the
    /// <see cref="Caller"/> of each request. In Development, where neither a key nor an authority is configured, a key is made.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="developmentKeyDirectory">Where the key of Development is kept.</param>
    /// <exception cref="ConfigurationException">Tokens could not be checked as it is configured.</exception>
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
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<TimeProvider>(RememberTokens);
        builder.Services.AddAuthorization();
        builder.Services.AddSingleton<IAuthorizationHandler, AccessHandler>();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped(CallerOfRequest);
        return builder;
    }

    private static void CheckTokens(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        var parameters = options.TokenValidationParameters;
        parameters.NameClaimType = CallerClaims.Subject;
        parameters.RoleClaimType = CallerClaims.Role;
        parameters.ClockSkew = ClockSkew;
        // Configuration could switch these off one by one; a token that is not checked in full is no token.
        parameters.ValidateIssuer = true;
        parameters.ValidateAudience = true;
        parameters.ValidateLifetime = true;
        parameters.ValidateIssuerSigningKey = true;
        parameters.RequireSignedTokens = true;
        parameters.RequireExpirationTime = true;
        options.Events = new JwtBearerEvents { OnTokenValidated = ReadCaller };
    }

    private static void RememberTokens(JwtBearerOptions options, TimeProvider time)
    {
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(new RememberingTokenHandler(time) { MapInboundClaims = false });
    }

    private static Task ReadCaller(TokenValidatedContext context)
    {
        if (CallerClaims.Read(context.Principal!) is { } caller)
        {
            context.HttpContext.Features.Set(caller);
        }
        else
        {
            context.Fail("The token has no subject.");
        }

        return Task.CompletedTask;
    }

    private static Caller CallerOfRequest(IServiceProvider services) =>
        services.GetRequiredService<IHttpContextAccessor>().HttpContext?.Features.Get<Caller>()
        ?? throw new InvalidOperationException("There is no caller: endpoints without authorization have none.");
}
