using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Sessions;
using MediatR;

namespace Attachments.Application.Sessions;

/// <summary>Attaches a file to a point of a session, whatever the point held before.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Point">The point's name.</param>
/// <param name="File">Finds the file in the request, once all that can be refused without it is not.</param>
/// <param name="Preconditions">
/// What must be true of the file that the point holds: checked before anything is received, and again in the transaction.
/// </param>
public sealed record UploadSessionAttachment(
    long ProjectId, string Uuid, string Point, IAsyncEnumerable<IncomingFile> File, Preconditions Preconditions)
    : IRequest<AttachedFile>;

/// <summary>What was stored, computed from the bytes that arrived.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="Md5">16 bytes.</param>
public sealed record AttachedFile(long Length, byte[] Md5);

public sealed class UploadSessionAttachmentHandler(IAttachmentsDb db, Uploader uploader, TimeProvider time)
    : IRequestHandler<UploadSessionAttachment, AttachedFile>
{
    public Task<AttachedFile> Handle(UploadSessionAttachment request, CancellationToken cancellationToken) => uploader.Upload(
        new SessionPointDestination(db, request.ProjectId, request.Uuid, Point.RequireName(request.Point), request.Preconditions, time),
        (_, receiver, token) => ReceiveOne(request.File, receiver, token),
        cancellationToken);

    /// <summary>Receives the last file of the request, and reads and checks the rest of the body.</summary>
    private static async Task<ReceivedFile> ReceiveOne(
        IAsyncEnumerable<IncomingFile> uploads, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        ReceivedFile? file = null;
        await foreach (var upload in uploads.WithCancellation(cancellationToken))
        {
            file = await receiver.Receive(upload, cancellationToken);
        }

        return file ?? throw new InvalidRequestException("attachment_missing", "The request contains no file in a field 'attachment'.");
    }
}

/// <summary>A point of a session, whose value the upload replaces.</summary>
internal sealed class SessionPointDestination(
    IAttachmentsDb db, long projectId, string uuid, string point, Preconditions preconditions, TimeProvider time)
    : UploadDestination<Session, ReceivedFile, AttachedFile>
{
    public override async Task<Session> Load(CancellationToken cancellationToken)
    {
        var session = await db.LoadWithPoint(projectId, uuid, point, cancellationToken);
        preconditions.RequireForWrite(session.FindFileRepresentation(point));
        return session;
    }

    public override async Task<AttachedFile> Attach(
        Session session, ReceivedFile file, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        var blob = await receiver.Complete(file, cancellationToken);
        session.Attach(point, new FileValue(file.FileName, blob), time.GetUtcNow().ToUnixTimeSeconds());
        return new AttachedFile(file.Length, file.Digests.Md5);
    }
}
