using Attachments.Application.Errors;

namespace Attachments.Application.Content.Uploads;

/// <summary>
/// What an upload becomes part of: a point of a session, a place of a record, a set, an attachment. Each kind of destination says
/// whether the caller may add to it, whether it is there, whether the preconditions hold, and how the upload is attached.
/// </summary>
/// <typeparam name="TOwner">The aggregate that the upload changes.</typeparam>
/// <typeparam name="TUpload">What is received: a file, or several with fields.</typeparam>
/// <typeparam name="TResult">The result for the client.</typeparam>
public abstract class UploadDestination<TOwner, TUpload, TResult>
{
    /// <summary>
    /// Loads the aggregate, tracked, with everything that <see cref="Attach"/> decides on. Called before the first byte is read, and again
    /// in the transaction unless the aggregate is still fresh.
    /// </summary>
    /// <exception cref="RequestException">The upload is refused.</exception>
    public abstract Task<TOwner> Load(CancellationToken cancellationToken);

    /// <summary>
    /// Changes the aggregate, so that its revision increases, in the open transaction. Completes the files received with
    /// <see cref="UploadReceiver.Complete(IReadOnlyList{ReceivedFile}, CancellationToken)"/>. May run again on fresh state.
    /// </summary>
    /// <exception cref="RequestException">The upload is refused.</exception>
    public abstract Task<TResult> Attach(TOwner owner, TUpload upload, UploadReceiver receiver, CancellationToken cancellationToken);
}
