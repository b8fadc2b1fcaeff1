using MediatR;

namespace Attachments.Api.Http.JsonApi;

internal static class JsonApiRegistration
{
    /// <summary>To be called after the application is added, since who may do what is decided before what is asked for how.</summary>
    public static IServiceCollection AddJsonApi(this IServiceCollection services) =>
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(JsonApiBehavior<,>));
}
