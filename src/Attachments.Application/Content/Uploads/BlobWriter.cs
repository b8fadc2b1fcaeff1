using Attachments.Application.Access;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Content.Uploads;

/// <summary>The one way by which bytes come into the service.</summary>
public sealed class BlobWriter(
    IBlobStore store,
    IAttachmentsDb db,
    Caller caller,
    IOptions<LimitsOptions> limits,
    ContentMetrics metrics,
    TimeProvider time,
    ILogger<BlobWriter> logger)
{
    /// <summary>Opens a reception for the files of one request. Dispose it when the request is decided, however it went.</summary>
    public Reception Open() => new(store, db, caller.UserId, limits.Value.MaxUploadBytes, metrics, time, logger);
}
