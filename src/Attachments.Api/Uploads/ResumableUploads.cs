using Attachments.Api.Http.Conditional;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Paths;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Uploads;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Uploads;

/// <summary>
/// Begins and continues uploads in several requests, by tus or by RUFH. They begin at the address that the plain upload of a family has.
/// </summary>
public sealed class ResumableUploads(IMediator mediator, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Whether a request begins an upload in several requests.</summary>
    internal static bool IsBeginning(HttpRequest request) => TusRequest.IsTus(request) || RufhRequest.IsBeginning(request);

    /// <summary>405: the address takes this method for uploads in several requests only.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="allowed">The methods that it takes otherwise.</param>
    internal static IActionResult RefuseMethod(HttpResponse response, string allowed)
    {
        response.Headers.Allow = allowed;
        return new StatusCodeResult(StatusCodes.Status405MethodNotAllowed);
    }

    /// <summary>Answers 201 with the URL of the upload.</summary>
    /// <param name="request">The request.</param>
    /// <param name="target">What the upload is for.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <param name="addFields">Adds the fields besides name and type: it is given what reads them, which returns null for one that was not sent.</param>
    /// <param name="resolveType">The media type of the file, from the one that the client sent.</param>
    /// <param name="takesMultipart">Whether the plain upload takes a body of several parts for the file.</param>
    /// <exception cref="RequestException">The upload is refused.</exception>
    internal async Task<IActionResult> Create<TTarget>(
        HttpRequest request,
        TTarget target,
        CancellationToken cancellationToken,
        Func<TTarget, Func<string, string?>, UploadTarget>? addFields = null,
        Func<string?, string?>? resolveType = null,
        bool takesMultipart = false)
        where TTarget : UploadTarget
    {
        // The answer names an upload whose first bytes were damaged on their way, too.
        var path = RawPath.GetPath(RawRouteValues.GetTarget(request.HttpContext)).ToString();
        request.HttpContext.Response.OnStarting(SetLocation, request.HttpContext);
        var creation = new CreateUpload(
            target,
            path,
            PreconditionHeaders.ParseForWrite(request.Headers, time.GetUtcNow()),
            Read,
            lifetime.ApplicationStopping);
        await mediator.Send(creation, cancellationToken);
        return new StatusCodeResult(StatusCodes.Status201Created);

        NewUpload Read() => TusRequest.IsTus(request)
            ? TusRequest.ReadCreation(request, AddFields, resolveType ?? DeclaredType.Normalize)
            : RufhRequest.ReadCreation(request, AddFields, resolveType ?? DeclaredType.Normalize, takesMultipart);

        UploadTarget AddFields(Func<string, string?> read) => addFields?.Invoke(target, read) ?? target;
    }

    /// <summary>Adds the bytes of a request. It goes on although the client has gone, for the sake of what has arrived.</summary>
    internal Task<UploadDto> Append(HttpRequest request, Guid id) => mediator.Send(
        new AppendToUpload(id, ReadConditions(request), () => TusRequest.IsTus(request) ? TusRequest.ReadAppend(request) : RufhRequest.ReadAppend(request), lifetime.ApplicationStopping),
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
