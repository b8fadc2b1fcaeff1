using Attachments.Api.Callers;
using Attachments.Api.Http.Errors;
using Attachments.Api.Settings;
using Attachments.Application.Errors;
using Attachments.Application.Links;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Links;

internal static class LinkRegistration
{
    private const string DevelopmentKeyFile = "link-key";
    private const string DefaultScheme = "BearerOrLink";

    /// <summary>
    /// Adds signed links, beside the bearer tokens of <see cref="CallerRegistration.AddCallers"/>, which comes before. In Development,
    /// without a key, a key is created.
    /// </summary>
    /// <exception cref="ConfigurationException">The section <c>Links</c> is invalid, or a key is also one of the bearer's.</exception>
    public static WebApplicationBuilder AddLinks(this WebApplicationBuilder builder, string developmentKeyDirectory)
    {
        var section = builder.Configuration.GetSection(LinksOptions.Section);
        if (builder.Environment.IsDevelopment() && !section.GetSection(nameof(LinksOptions.Keys)).GetChildren().Any())
        {
            var key = $"{LinksOptions.Section}:{nameof(LinksOptions.Keys)}:0";
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                [$"{key}:{nameof(LinkKeyOptions.Id)}"] = "development",
                [$"{key}:{nameof(LinkKeyOptions.Value)}"] =
                    Convert.ToBase64String(DevelopmentKey.ReadOrCreate(developmentKeyDirectory, DevelopmentKeyFile)),
            });
        }

        var options = SettingsSections.Read(section, new LinksValidator());
        RequireOtherKeys(options, BearerSettings.Read(builder.Configuration));
        builder.Services.AddSingleton(Options.Create(options));
        builder.Services.AddSingleton(new LinkKeys(options));
        builder.Services.AddSingleton<LinkTokens>();
        builder.Services.AddSingleton<ILinkSigner>(services => services.GetRequiredService<LinkTokens>());
        builder.Services.AddSingleton<LinkPipeline>();
        builder.Services.AddScoped<ILinkTargets, LinkTargets>();
        builder.Services.AddSingleton<IProblemFormat, LinkPage>();
        builder.Services.AddAuthentication(DefaultScheme)
            .AddScheme<AuthenticationSchemeOptions, LinkHandler>(LinkHandler.Scheme, configureOptions: null)
            .AddPolicyScheme(DefaultScheme, displayName: null, scheme => scheme.ForwardDefaultSelector = context =>
                LinkHandler.Decides(context.Request) ? LinkHandler.Scheme : JwtBearerDefaults.AuthenticationScheme);
        return builder;
    }

    private static void RequireOtherKeys(LinksOptions options, BearerSettings bearer)
    {
        for (var i = 0; i < options.Keys.Length; i++)
        {
            var value = Convert.FromBase64String(options.Keys[i].Value!);
            if (bearer.Keys.Any(key => key.Value.AsSpan().SequenceEqual(value)))
            {
                throw new ConfigurationException(
                    $"{LinksOptions.Section}:Keys:{i}:Value is also a key of {BearerSettings.Section}; links need a key of their own.");
            }
        }
    }
}
