using Attachments.Api.Http.Errors;

namespace Attachments.Api.Http.JsonApi;

internal static class JsonApiRegistration
{
    /// <summary>The errors of the records family, as JSON:API writes them.</summary>
    public static IServiceCollection AddJsonApi(this IServiceCollection services) =>
        services.AddSingleton<IProblemFormat, JsonApiProblemFormat>();
}
