using Attachments.Api.Http.Conditional;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Paths;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Uploads;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Uploads;

/// <summary>Begins uploads by tus, at the address that the plain upload of a family has.</summary>
public sealed class TusUploads(IMediator mediator, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Answers 201 with the URL of the upload.</summary>
    /// <param name="request">The request.</param>
    /// <param name="target">What the upload is for.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <param name="addFields">Adds what the metadata say besides name and type.</param>
    /// <param name="resolveType">The media type of the file, from the one that the client sent.</param>
    /// <exception cref="RequestException">The upload is refused.</exception>
    internal async Task<IActionResult> Create<TTarget>(
        HttpRequest request,
        TTarget target,
        CancellationToken cancellationToken,
        Func<TTarget, TusMetadata, UploadTarget>? addFields = null,
        Func<string?, string?>? resolveType = null)
        where TTarget : UploadTarget
    {
        // The answer names an upload whose first bytes were damaged on their way, too.
        var path = RawPath.GetPath(RawRouteValues.GetTarget(request.HttpContext)).ToString();
        request.HttpContext.Response.OnStarting(SetLocation, request.HttpContext);
        var creation = new CreateUpload(
            target,
            path,
            PreconditionHeaders.ParseForWrite(request.Headers, time.GetUtcNow()),
            () => TusRequest.ReadCreation(
                request, metadata => addFields?.Invoke(target, metadata) ?? target, resolveType ?? DeclaredType.Normalize),
            lifetime.ApplicationStopping);
        await mediator.Send(creation, cancellationToken);
        return new StatusCodeResult(StatusCodes.Status201Created);
    }

    /// <summary>Adds the bytes of a request. It goes on although the client has gone, for the sake of what has arrived.</summary>
    internal Task<UploadDto> Append(HttpRequest request, Guid id) => mediator.Send(
        new AppendToUpload(id, ReadConditions(request), () => TusRequest.ReadAppend(request), lifetime.ApplicationStopping),
        CancellationToken.None);

    internal Preconditions ReadConditions(HttpRequest request) => PreconditionHeaders.ParseForWrite(request.Headers, time.GetUtcNow());

    private static Task SetLocation(object state)
    {
        var context = (HttpContext)state;
        if (context.RequestServices.GetRequiredService<UploadReport>().Upload is { } upload)
        {
            context.Response.Headers.Location = $"{context.Request.PathBase}/uploads/{upload.Id:D}";
        }

        return Task.CompletedTask;
    }
}
