using System.Reflection;
using Attachments.Application.Access;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Content.Uploads;
using Attachments.Application.OwnedAttachments;
using Attachments.Application.Pipeline;
using Attachments.Application.Sessions;
using Attachments.Application.TemporarySets;
using AutoMapper;
using AutoMapper.Configuration;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.Application;

public static class DependencyInjection
{
    private static readonly Type[] Handlers = [typeof(IRequestHandler<,>), typeof(IRequestHandler<>)];

    /// <summary>The use cases, and what they are made of.</summary>
    public static IServiceCollection AddApplication(this IServiceCollection services)
    {
        services.AddScoped<ServiceFactory>(provider => provider.GetRequiredService);
        services.AddScoped<IMediator, Mediator>();
        services.AddImplementations(Handlers);
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(LoggingBehavior<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(AccessBehavior<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));
        services.AddImplementations([typeof(IValidator<>)]);
        services.AddSingleton<IConfigurationProvider>(new MapperConfiguration(Mappings()));
        services.AddSingleton<IMapper, Mapper>();
        services.AddSingleton<ContentMetrics>();
        services.AddScoped<BlobWriter>();
        services.AddScoped<BlobReader>();
        services.AddScoped<ContentVerification>();
        services.AddScoped<SessionDraftReader>();
        services.AddScoped<SessionSaving>();
        services.AddScoped<OwnedAttachmentDraftReader>();
        services.AddScoped<TemporarySetAccess>();
        return services;
    }

    private static void AddImplementations(this IServiceCollection services, Type[] contracts)
    {
        foreach (var type in Assembly.GetExecutingAssembly().GetTypes().Where(type => type is { IsAbstract: false, IsGenericType: false }))
        {
            foreach (var contract in type.GetInterfaces().Where(i => i.IsGenericType && contracts.Contains(i.GetGenericTypeDefinition())))
            {
                services.AddTransient(contract, type);
            }
        }
    }

    private static MapperConfigurationExpression Mappings()
    {
        // Read models are classes: of a record, AutoMapper 8 takes LINQ's operators for members, by way of IEquatable<T>, and fails at
        // those of this runtime that are constrained to numbers.
        var mappings = new MapperConfigurationExpression();
        foreach (var type in Assembly.GetExecutingAssembly().GetTypes().Where(type => type.IsSubclassOf(typeof(Profile))))
        {
            mappings.AddProfile(type);
        }

        return mappings;
    }
}
