using Attachments.Application.Content.Uploads;
using Attachments.Application.Settings;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Http.Uploads;

internal static class RequestBodyRegistration
{
    /// <summary>
    /// Bodies that are read once there is memory for them, and end if they stall (<see cref="RequestBody"/>). To stand behind what answers
    /// errors.
    /// </summary>
    public static IApplicationBuilder UseRequestBodies(this IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        var memory = services.GetRequiredService<UploadMemory>();
        var limits = services.GetRequiredService<IOptions<LimitsOptions>>().Value;
        var clock = services.GetRequiredService<TimeProvider>();
        return app.Use(next => context => context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? next(context)
            : Receive(next, context, new RequestBody(context, memory, limits, clock)));
    }

    private static async Task Receive(RequestDelegate next, HttpContext context, RequestBody body)
    {
        await using (body)
        {
            context.Features.Set(body);
            context.Request.Body = body;
            await next(context);
        }
    }
}
