using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using MediatR;

namespace Attachments.Application.Uploads;

/// <summary>Ends an upload. What it has stored for good stays.</summary>
/// <param name="Id">The upload.</param>
/// <param name="Preconditions">Of the upload, which has no entity tag.</param>
public sealed record DeleteUpload(Guid Id, Preconditions Preconditions) : IRequest;

internal sealed class DeleteUploadHandler(UploadAccess access, UploadWriters writers) : IRequestHandler<DeleteUpload>
{
    /// <exception cref="NotFoundException"><c>upload_not_found</c></exception>
    /// <exception cref="GoneException"><c>upload_expired</c>, <c>upload_ended</c></exception>
    public async Task<Unit> Handle(DeleteUpload request, CancellationToken cancellationToken)
    {
        await access.Require(request.Id, forAdmin: true, cancellationToken);
        request.Preconditions.RequireForWrite(CurrentRepresentation.Untagged);
        await writers.Interrupt(request.Id, cancellationToken);
        await access.Remove(request.Id);
        return Unit.Value;
    }
}
