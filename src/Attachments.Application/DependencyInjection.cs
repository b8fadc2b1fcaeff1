using System.Reflection;
using Attachments.Application.Common;
using Attachments.Application.Content;
using Attachments.Application.Sessions;
using AutoMapper;
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
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(ValidationBehavior<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(ProjectAccessBehavior<,>));
        services.AddImplementations([typeof(IValidator<>)]);
        services.AddSingleton<IConfigurationProvider>(new MapperConfiguration(AddProfiles));
        services.AddSingleton<IMapper>(provider => new Mapper(provider.GetRequiredService<IConfigurationProvider>()));
        services.AddScoped<BlobWriter>();
        services.AddScoped<BlobReader>();
        services.AddScoped<ContentVerification>();
        services.AddScoped<SessionDraftReader>();
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

    // By name: AutoMapper's own scan passes over profiles that are nested in an assembly's internals.
    private static void AddProfiles(IMapperConfigurationExpression configuration)
    {
        foreach (var type in Assembly.GetExecutingAssembly().GetTypes().Where(type => type.IsSubclassOf(typeof(Profile))))
        {
            configuration.AddProfile(type);
        }
    }
}
