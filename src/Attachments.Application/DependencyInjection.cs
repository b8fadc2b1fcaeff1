using System.Reflection;
using Attachments.Application.Archives;
using Attachments.Application.Changes;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Pipeline;
using Attachments.Application.Previews;
using Attachments.Application.Sessions;
using Attachments.Application.TemporarySets;
using Attachments.Application.TemporarySets.Claims;
using Attachments.Application.Uploads;
using Attachments.Application.Webhooks;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Attachments.Application;

public static class DependencyInjection
{
    private static readonly Type[] Handlers = [typeof(IRequestHandler<,>), typeof(IRequestHandler<>)];

    /// <summary>Adds the use cases and the services they need.</summary>
    public static IServiceCollection AddApplication(this IServiceCollection services)
    {
        services.AddScoped<ServiceFactory>(provider => provider.GetRequiredService);
        services.AddScoped<IMediator, Mediator>();
        services.AddHandlers();
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));
        services.AddValidatorsFromAssembly(Assembly.GetExecutingAssembly());
        services.AddAutoMapper(Assembly.GetExecutingAssembly());
        services.AddSingleton<ContentMetrics>();
        services.AddSingleton<FeedMetrics>();
        services.AddSingleton<FeedSignal>();
        services.TryAddSingleton(provider => new WebhookTargets(provider.GetRequiredService<IOptions<WebhooksOptions>>(), allowsHttp: false));
        services.AddSingleton<WebhookMetrics>();
        services.AddSingleton<UploadMemory>();
        services.AddScoped<Uploader>();
        services.AddScoped<BlobReader>();
        services.AddScoped<ContentCheck>();
        services.AddScoped<ContentVerification>();
        services.AddScoped<ArchiveBuilder>();
        services.AddScoped<SessionSaver>();
        services.AddScoped<TemporarySetAccess>();
        services.AddScoped<IClaimDestination<SessionTarget>, SessionClaims>();
        services.AddScoped<IClaimDestination<RecordTarget>, RecordClaims>();
        services.AddScoped<IClaimDestination<OwnedTarget>, OwnedClaims>();
        services.AddUploads();
        services.AddPreviews();
        return services;
    }

    private static void AddUploads(this IServiceCollection services)
    {
        services.AddSingleton<UploadWriters>();
        services.AddSingleton<UploadDigests>();
        services.AddScoped<UploadReport>();
        services.AddScoped<UploadAccess>();
        services.AddScoped<UploadDestinations>();
        services.AddScoped<UploadAppender>();
        services.AddScoped<UploadFinisher>();
        services.AddScoped<UploadContinuation>();
    }

    private static void AddPreviews(this IServiceCollection services)
    {
        services.AddSingleton<PreviewMetrics>();
        services.AddSingleton<RecentPreviews>();
        services.AddSingleton<PreviewMaker>();
        services.AddScoped<PreviewCatalog>();
        services.AddScoped<PreviewWriter>();
    }

    private static void AddHandlers(this IServiceCollection services)
    {
        foreach (var type in Assembly.GetExecutingAssembly().GetTypes().Where(type => type is { IsAbstract: false, IsGenericType: false }))
        {
            foreach (var contract in type.GetInterfaces().Where(i => i.IsGenericType && Handlers.Contains(i.GetGenericTypeDefinition())))
            {
                services.AddTransient(contract, type);
            }
        }
    }
}
