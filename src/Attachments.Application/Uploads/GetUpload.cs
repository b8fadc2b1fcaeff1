using Attachments.Application.Access;
using Attachments.Application.Errors;
using Attachments.Domain.Uploads;
using MediatR;

namespace Attachments.Application.Uploads;

/// <summary>
/// Tells how far an upload is. Its creator takes it over by asking, so that the offset told is the one to go on at; and an upload whose
/// bytes have all arrived is finished first, since the client would believe that it is.
/// </summary>
/// <param name="Id">The upload.</param>
/// <param name="EndsAtLength">Whether the protocol of the request takes a file for complete whose length is reached.</param>
public sealed record GetUpload(Guid Id, bool EndsAtLength) : IRequest<UploadDto>;

internal sealed class GetUploadHandler(UploadAccess access, UploadFinisher finisher, Caller caller) : IRequestHandler<GetUpload, UploadDto>
{
    /// <exception cref="NotFoundException"><c>upload_not_found</c></exception>
    /// <exception cref="GoneException"><c>upload_expired</c>, <c>upload_ended</c></exception>
    public async Task<UploadDto> Handle(GetUpload request, CancellationToken cancellationToken)
    {
        var upload = await access.Require(request.Id, forAdmin: true, cancellationToken);
        if (upload.State != UploadState.Open || upload.CreatedBy != caller.UserId)
        {
            return access.Report(upload);
        }

        if (await access.TakeOver(upload, cancellationToken) is not { } lease)
        {
            upload = await access.Require(request.Id, forAdmin: true, cancellationToken);
            return upload.State == UploadState.Open ? throw UploadErrors.Expired() : access.Report(upload);
        }

        var isComplete = upload.IsWhole || request.EndsAtLength || upload.Protocol == UploadProtocol.Tus;
        return isComplete && upload.Length == lease.Length ? await finisher.Finish(upload) : access.Report(upload, lease.Length);
    }
}
