using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Http.Errors;

internal static class ErrorRegistration
{
    /// <summary>
    /// Writes every error as problem details (RFC 9457), whether it comes from the application, MVC, routing or authentication.
    /// </summary>
    public static IServiceCollection AddErrors(this IServiceCollection services)
    {
        services.AddSingleton<ProblemExceptionHandler>();
        services.AddSingleton<IExceptionHandler>(provider => provider.GetRequiredService<ProblemExceptionHandler>());
        // After MVC has set its own, in whichever order the two are registered.
        services.PostConfigure<ApiBehaviorOptions>(options =>
        {
            options.InvalidModelStateResponseFactory = context => new ProblemResult(Problems.For(context.ModelState));
            options.SuppressMapClientErrors = true;
        });
        // The parser's own messages name types of ours.
        services.PostConfigure<JsonOptions>(options => options.AllowInputFormatterExceptionMessages = false);
        return services;
    }

    /// <summary>
    /// Must come before routing and authentication, so that their errors get bodies, and after the request log, which records the result.
    /// </summary>
    public static IApplicationBuilder UseErrors(this IApplicationBuilder app)
    {
        var answer = app.ApplicationServices.GetRequiredService<ProblemExceptionHandler>();
        // Never reached, as ProblemExceptionHandler handles everything, but the middleware asks for it.
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = _ => Task.CompletedTask });
        app.Use(next => context => AbortOnLateFailure(next, context, answer));
        app.UseStatusCodePages(pages => ProblemWriter.Write(
            pages.HttpContext, Problems.ForStatus(pages.HttpContext.Response.StatusCode, pages.HttpContext.GetEndpoint() is not null)));
        return app;
    }

    private static async Task AbortOnLateFailure(RequestDelegate next, HttpContext context, ProblemExceptionHandler answer)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (context.Response.HasStarted)
        {
            answer.Abort(context, exception);
        }
    }
}
