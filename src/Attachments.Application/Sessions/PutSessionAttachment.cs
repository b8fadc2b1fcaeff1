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
public sealed record PutSessionAttachment(
    long ProjectId, string Uuid, string Point, IAsyncEnumerable<Upload> File, Preconditions Preconditions)
    : IRequest<AttachedFile>;

/// <summary>What was stored, computed from the bytes that arrived.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="Md5">16 bytes.</param>
public sealed record AttachedFile(long Length, byte[] Md5);

public sealed class PutSessionAttachmentHandler(IAttachmentsDb db, BlobWriter writer, TimeProvider time)
    : IRequestHandler<PutSessionAttachment, AttachedFile>
{
    public async Task<AttachedFile> Handle(PutSessionAttachment request, CancellationToken cancellationToken)
    {
        Point.RequireName(request.Point);
        await using var reception = writer.Open();
        var file = await db.Change(
            token => db.RequireWithPoint(request.ProjectId, request.Uuid, request.Point, token),
            session => request.Preconditions.RequireForWrite(session.FileIn(request.Point)),
            () => ReceiveOne(request.File, reception, cancellationToken),
            (session, received, token) => Attach(request.Point, session, received, reception, token),
            cancellationToken);
        return new AttachedFile(file.Length, file.Md5);
    }

    /// <summary>The last file of the request, after which the rest of the body has been read and checked as well.</summary>
    private static async Task<ReceivedFile> ReceiveOne(
        IAsyncEnumerable<Upload> uploads, Reception reception, CancellationToken cancellationToken)
    {
        ReceivedFile? file = null;
        await foreach (var upload in uploads.WithCancellation(cancellationToken))
        {
            file = await reception.Receive(upload, cancellationToken);
        }

        return file ?? throw new InvalidRequestException("attachment_missing", "The request contains no file in a field 'attachment'.");
    }

    private async Task<ReceivedFile> Attach(
        string point, Session session, ReceivedFile file, Reception reception, CancellationToken cancellationToken)
    {
        var blob = await reception.Keep(file, cancellationToken);
        session.Attach(point, new FileValue(file.FileName, blob), time.GetUtcNow().ToUnixTimeSeconds());
        return file;
    }
}
