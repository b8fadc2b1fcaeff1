using Attachments.Api.Http.Errors;

namespace Attachments.Api.Uploads;

/// <summary>Marks an action that answers to tus.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TusAttribute : Attribute
{
    /// <summary>Whether it answers to nothing else.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether it is about an upload even if it is asked otherwise.</summary>
    public bool DescribesUpload { get; init; }
}

internal static class TusEndpoints
{
    /// <summary>The refusal of a request that speaks another version of tus, or does not say which.</summary>
    public static ProtocolVersionException VersionUnsupported() => new(
        "tus_version_unsupported", $"{TusFields.Resumable} must be {TusFields.Version}.", TusFields.SupportedVersions, TusFields.Version);

    /// <summary>
    /// To be placed between authentication and authorization: refuses other versions of tus before anything else of the request is looked
    /// at, and says of every answer of tus how far the upload is.
    /// </summary>
    public static IApplicationBuilder UseTus(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<TusAttribute>() is not { } endpoint)
        {
            return next(context);
        }

        var version = context.Request.Headers[TusFields.Resumable];
        if (endpoint.DescribesUpload)
        {
            context.Response.OnStarting(UploadAnswer.SetUploadFields, context);
        }

        if (!endpoint.IsRequired && version.Count == 0)
        {
            return next(context);
        }

        context.Response.OnStarting(UploadAnswer.SetTusFields, context);
        return version != TusFields.Version && context.User.Identity is { IsAuthenticated: true } ? throw VersionUnsupported() : next(context);
    });
}
