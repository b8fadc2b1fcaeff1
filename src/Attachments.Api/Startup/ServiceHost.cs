using Attachments.Api.Callers;
using Attachments.Api.Controllers.Changes;
using Attachments.Api.Controllers.OwnedAttachments;
using Attachments.Api.Docs;
using Attachments.Api.Health;
using Attachments.Api.Http.Binding;
using Attachments.Api.Http.CleartextHttp2;
using Attachments.Api.Http.Cors;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Errors;
using Attachments.Api.Http.JsonApi;
using Attachments.Api.Http.Logging;
using Attachments.Api.Http.Paths;
using Attachments.Api.Http.Uploads;
using Attachments.Api.Links;
using Attachments.Api.Settings;
using Attachments.Api.Telemetry;
using Attachments.Api.Uploads;
using Attachments.Application;
using Attachments.Application.Archives;
using Attachments.Application.Changes;
using Attachments.Application.Errors;
using Attachments.Application.Previews;
using Attachments.Application.Settings;
using Attachments.Application.TemporarySets;
using Attachments.Application.Webhooks;
using Attachments.Infrastructure;
using Attachments.Infrastructure.EmbeddedPostgres;
using Attachments.Infrastructure.Persistence;
using Attachments.Infrastructure.Previews;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Startup;

/// <summary>The services of the application, and the middleware of a request in order.</summary>
internal static class ServiceHost
{
    /// <summary>The name of the connection string.</summary>
    public const string ConnectionName = "Attachments";

    private const int StreamsPerConnection = 32;

    private const int StreamWindowBytes = 256 << 10;

    /// <summary>Reads the configuration: settings files next to the program, the environment, the command line.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    /// <summary>Builds the service.</summary>
    /// <exception cref="ConfigurationException">The configuration is invalid.</exception>
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.AddLogs();
        builder.AddSettings();
        var developmentKeys = ReadEmbeddedOptions(builder.Configuration).DataDirectory;
        builder.AddCallers(developmentKeys);
        builder.AddLinks(developmentKeys);
        builder.AddTelemetry();
        builder.Services.AddApplication();
        builder.Services.AddInfrastructure(_ => RequireConnectionString(builder.Configuration));
        builder.Services.AddSingleton(new PreviewProgram(typeof(ServiceHost).Assembly.Location));
        builder.Services.AddJsonApi();
        builder.Services.AddErrors();
        builder.Services.AddScoped<ResumableUploads>();
        builder.Services.AddSingleton<IChangeWriter, ChangeWriter>();
        builder.Services.AddSingleton(services => new WebhookTargets(
            services.GetRequiredService<IOptions<WebhooksOptions>>(), allowsHttp: builder.Environment.IsDevelopment()));
        builder.Services.AddCrossOrigin();
        builder.Services.AddApiDocs();
        builder.Services.AddReadiness()
            .AddDatabaseCheck(HealthEndpoints.ReadyTag)
            .AddBlobStoreCheck(HealthEndpoints.ReadyTag);
        builder.AddHttp();

        var app = builder.Build();
        app.UseRequestLog();
        app.UseErrors();
        app.UseCrossOrigin();
        app.MapApiDocs();
        app.UseLinkPipeline();
        app.UseRawPath();
        app.UseJsonApiPaths();
        app.UseRouting();
        app.UseRawRouteValues();
        app.UseLinkTargets();
        app.UseAuthentication();
        app.UseUploadProtocols();
        app.UseAuthorization();
        app.UsePathRefusals();
        app.UseQueryRefusals();
        app.UseRequestBodies();
        app.UseUploadLengths();
        app.MapHealth();
        app.MapTelemetry();
        app.MapUploadOptions();
        app.MapControllers().RequireAuthorization();
        return app;
    }

    private static EmbeddedOptions ReadEmbeddedOptions(ConfigurationManager configuration) =>
        SettingsSections.Read<EmbeddedOptions>(configuration.GetSection(EmbeddedOptions.Section));

    private static void AddSettings(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings(builder.Configuration, LimitsOptions.Section, new LimitsValidator());
        builder.Services.AddSettings(builder.Configuration, StorageOptions.Section, new StorageValidator());
        builder.Services.AddSettings(builder.Configuration, DatabaseOptions.Section, new DatabaseValidator());
        builder.Services.AddSettings<OwnedAttachmentsOptions>(builder.Configuration, OwnedAttachmentsOptions.Section);
        builder.Services.AddSettings(builder.Configuration, CorsSettings.Section, new CorsValidator());
        builder.Services.AddSettings(builder.Configuration, TemporarySetsOptions.Section, new TemporarySetsValidator());
        builder.Services.AddSettings(builder.Configuration, ArchivesOptions.Section, new ArchivesValidator());
        builder.Services.AddSettings(builder.Configuration, UploadsOptions.Section, new UploadsValidator());
        builder.Services.AddSettings(builder.Configuration, ChangesOptions.Section, new ChangesValidator());
        builder.Services.AddSettings(builder.Configuration, PreviewsOptions.Section, new PreviewsValidator());
        builder.Services.AddSettings(builder.Configuration, WebhooksOptions.Section, new WebhooksValidator());
    }

    private static void AddHttp(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(Configure);
        if (builder.Environment.IsDevelopment())
        {
            builder.Services.AddCleartextHttp2(Configure);
        }

        builder.Services
            .AddControllers(mvc =>
            {
                mvc.ModelBinderProviders.Insert(0, new ScalarBinding());
                mvc.ModelMetadataDetailsProviders.Add(new PreserveEmptyStrings());
                mvc.Conventions.Add(new HeadForGet());
                mvc.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true;

                // Bodies are read by hand, as they arrive. These factories would read a whole form to look for an action's arguments.
                mvc.ValueProviderFactories.RemoveType<FormValueProviderFactory>();
                mvc.ValueProviderFactories.RemoveType<FormFileValueProviderFactory>();
                mvc.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
            })
            .AddJsonResponses();
    }

    private static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;

        // Our code checks the limit of each file, since a request may carry many files.
        kestrel.Limits.MaxRequestBodySize = null;

        // Bytes that have arrived but were not read yet count towards a stream's window. Uploads that wait for memory must not block the
        // others, so the connection's window is twice that of all its streams: Kestrel reopens it in steps of at least a half.
        var http2 = kestrel.Limits.Http2;
        http2.MaxStreamsPerConnection = StreamsPerConnection;
        http2.InitialStreamWindowSize = StreamWindowBytes;
        http2.InitialConnectionWindowSize = 2 * StreamsPerConnection * StreamWindowBytes;
    }

    private static string RequireConnectionString(IConfiguration configuration) =>
        configuration.GetConnectionString(ConnectionName) is { Length: > 0 } text
            ? text
            : throw new ConfigurationException($"ConnectionStrings:{ConnectionName} is missing; it is optional only in Development.");
}
